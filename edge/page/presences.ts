import { type ReadonlySignal, signal } from '@preact/signals'
import type { Client, Presence } from 'hawser'
import { userIdFault } from '../../shared/conversation-id.ts'

/** Whose presence a session can hear of (docs/PROTOCOL.md, T2). */
const MOST = 500

/** Who is online, of those whom the page shows. */
export class Presences {
  readonly #client: Client
  readonly #watched = new Set<string>()
  readonly #byUser = signal<ReadonlyMap<string, Presence>>(new Map())
  readonly byUser: ReadonlySignal<ReadonlyMap<string, Presence>> = this.#byUser

  constructor(client: Client) {
    this.#client = client
  }

  heard(presence: Presence): void {
    this.#put([presence])
  }

  /** These are shown from now on. */
  watch(users: Iterable<string>): void {
    const added = [...new Set(users)].filter((user) => !this.#watched.has(user) && !userIdFault(user)).slice(0, MOST - this.#watched.size)
    if (added.length === 0) return
    for (const user of added) this.#watched.add(user)
    this.#client.watch(added).then(
      (presences) => this.#put(presences),
      () => {
        // Tried again with the next list.
        for (const user of added) this.#watched.delete(user)
      },
    )
  }

  #put(presences: readonly Presence[]): void {
    const byUser = new Map(this.#byUser.peek())
    for (const presence of presences) byUser.set(presence.userId, presence)
    this.#byUser.value = byUser
  }
}
