import { type ReadonlySignal, signal } from '@preact/signals'
import type { Client, Relation } from 'hawser'

/** What others are to this user: blocked, contacts. Few in number, and asked for anew when one changes. */
export class Relations {
  readonly #client: Client
  readonly #byUser = signal<ReadonlyMap<string, Relation>>(new Map())
  readonly byUser: ReadonlySignal<ReadonlyMap<string, Relation>> = this.#byUser

  constructor(client: Client) {
    this.#client = client
  }

  isBlocked(user: string): boolean {
    return this.#byUser.value.get(user)?.blocked ?? false
  }

  async refresh(): Promise<void> {
    const relations = await this.#client.relations()
    this.#byUser.value = new Map(relations.map((relation) => [relation.userId, relation]))
  }
}
