import type { Entry, History, Watcher } from '../../client/history-check.ts'
import type { Message } from '../../shared/gen/hawser.ts'
import type { Kernel } from './kernel.ts'
import type { LogDisk } from './log-disk.ts'
import type { Plan } from './plan.ts'
import { type ClientTraits, SimulatedClient } from './simulated-client.ts'

/** Since when a client is there. */
interface Presence {
  /** What the conversations had when it was online for the first time; undefined before. */
  joinedAt: ReadonlyMap<string, number> | undefined
  /** How far the copies of before had got, as long as only they can have received anything for their user. */
  readonly formerSeen: ReadonlyMap<string, number> | undefined
}

/** The clients of a world, and what they have seen between them. */
export class Crew {
  readonly #kernel: Kernel
  readonly #plan: Plan
  readonly #disk: () => LogDisk
  /** All there ever were. */
  readonly #all: SimulatedClient[] = []
  readonly #current = new Map<string, SimulatedClient>()
  readonly #presences = new Map<string, Presence>()
  readonly #restoredAway = new Set<string>()

  constructor(kernel: Kernel, plan: Plan, disk: () => LogDisk) {
    this.#kernel = kernel
    this.#plan = plan
    this.#disk = disk
  }

  start(): void {
    for (const traits of this.#plan.clients) this.#start(traits, this.#isAlone(traits.user) ? new Map() : undefined)
  }

  any(): SimulatedClient {
    return this.#kernel.random.pick([...this.#current.values()])
  }

  userOf(name: string): string {
    return this.#current.get(name)?.traits.user ?? ''
  }

  /** The application is killed and started anew, with nothing kept but its device's name. */
  restart(client: SimulatedClient): void {
    this.#kernel.note(client.name, 'is started anew')
    this.#current.delete(client.name)
    client.end()
    const former = this.#presences.get(client.name)?.formerSeen
    const seen = former && new Map(former)
    for (const each of client.received) seen?.set(each.conversationId, 'seq' in each ? each.seq : each.fromSeq)
    this.#start({ ...client.traits, name: `${client.name}'` }, this.#isAlone(client.traits.user) ? seen : undefined)
  }

  /** An operator's restore took these messages away: what was said of them is no more the product's to keep. */
  restoredAway(messageIds: Iterable<string>): void {
    for (const id of messageIds) this.#restoredAway.add(id)
  }

  /** What keeps the clients from being at rest. */
  restless(): string | undefined {
    for (const { name, isOnline, client, pending } of this.#current.values()) {
      if (!isOnline) return `${name} is ${client.state} (${client.failure?.message})`
      if (pending > 0) return `${name} has ${pending} sends without an ack`
    }
    return undefined
  }

  history(): History {
    const disk = this.#disk()
    const log = new Map<string, readonly Entry[]>()
    const members = new Map<string, readonly Watcher[]>()
    for (const id of disk.conversationIds) {
      const users = id.split('/').slice(1)
      const watchers = [...this.#current.values()].filter(({ traits }) => users.includes(traits.user))
      log.set(id, disk.messages(id).map(entryOf))
      members.set(
        id,
        watchers.map(({ name, traits }) => ({ client: name, user: traits.user, ...this.#due(name, id) })),
      )
    }
    return {
      acked: this.#all.flatMap(({ acked }) => acked).filter(({ messageId }) => !this.#restoredAway.has(messageId)),
      received: new Map(this.#all.map((client) => [client.name, client.received])),
      log,
      members,
    }
  }

  #start(traits: ClientTraits, formerSeen: ReadonlyMap<string, number> | undefined): void {
    const presence: Presence = { joinedAt: undefined, formerSeen }
    const client = new SimulatedClient(this.#kernel, traits, {
      isRestoredAway: (messageId) => this.#restoredAway.has(messageId),
      firstOnline: () => {
        const disk = this.#disk()
        presence.joinedAt = new Map([...disk.conversationIds].map((id) => [id, disk.messages(id).length]))
      },
    })
    this.#presences.set(traits.name, presence)
    this.#all.push(client)
    this.#current.set(traits.name, client)
  }

  #isAlone(user: string): boolean {
    return this.#plan.clients.filter((client) => client.user === user).length === 1
  }

  /** From where on a client should have seen a conversation: where its user has others, they may have received what was there before it joined. */
  #due(name: string, conversationId: string): { after: number; ownAfter: number } {
    const { joinedAt, formerSeen } = this.#presences.get(name) as Presence
    const joined = joinedAt === undefined ? Number.POSITIVE_INFINITY : (joinedAt.get(conversationId) ?? 0)
    const after = formerSeen ? (formerSeen.get(conversationId) ?? 0) : joined
    return { after: Math.min(after, joined), ownAfter: joined }
  }
}

function entryOf({ conversationId, seq, sender, clientMessageId }: Message): Entry {
  return { conversationId, seq, from: sender, clientMessageId }
}
