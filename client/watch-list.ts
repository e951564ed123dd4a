import { Command } from '../shared/commands.ts'
import { checkUserIds } from '../shared/fields.ts'
import type { Exchange } from './exchange.ts'
import { type Presence, presenceOf } from './presence.ts'

/** Whose presence this client wants to hear of (T2). A session knows nothing of the one before it: the list is said again. */
export class WatchList {
  readonly #exchange: Exchange
  /** How it is now, after the list was said again. */
  readonly #presence: (presence: Presence) => void
  readonly #users = new Set<string>()

  constructor(exchange: Exchange, presence: (presence: Presence) => void) {
    this.#exchange = exchange
    this.#presence = presence
  }

  async add(users: readonly string[]): Promise<Presence[]> {
    checkUserIds('users', users)
    const added = users.filter((user) => !this.#users.has(user))
    for (const user of added) this.#users.add(user)
    try {
      const { presence } = await this.#exchange.ask(Command.WATCH, { users: [...users], unwatch: [] })
      return presence.map(presenceOf)
    } catch (error) {
      for (const user of added) this.#users.delete(user)
      throw error
    }
  }

  async remove(users: readonly string[]): Promise<void> {
    for (const user of users) this.#users.delete(user)
    await this.#exchange.ask(Command.WATCH, { users: [], unwatch: [...users] })
  }

  /** After a login, and a GAP without a conversation. */
  restore(): void {
    const users = () => (this.#users.size === 0 ? undefined : { users: [...this.#users], unwatch: [] })
    this.#exchange.restore(Command.WATCH, users, ({ presence }) => {
      for (const each of presence) if (this.#users.has(each.userId)) this.#presence(presenceOf(each))
    })
  }
}
