import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import type { LogStore } from './log/log-store.ts'

/** Members of all groups that are kept in memory; a few tens of megabytes. */
const MAX_MEMBERS = 500_000
const RETRY_MS = 1000

/** The members of a group by name, each with the seq up to which, inclusive, it sees nothing. */
export type GroupAudience = ReadonlyMap<string, number>

interface Group {
  /** Undefined until the log has said who they are. */
  members: Map<string, number> | undefined
  waiting: ((members: GroupAudience) => void)[]
}

/**
 * Who is in which group, for those who deliver. Asked from the log at a group's first
 * message, then kept up by what is done to it: the log settles in the order in which it was
 * asked, so that the one takes over from the other without a gap.
 */
export class Audiences {
  readonly #log: LogStore
  readonly #clock: Clock
  readonly #logger: Logger
  /** The ones used longest ago first. */
  readonly #groups = new Map<string, Group>()
  #members = 0

  constructor(services: { log: LogStore; clock: Clock; logger: Logger }) {
    this.#log = services.log
    this.#clock = services.clock
    this.#logger = services.logger
  }

  /** The members, if they are known by now. */
  known(conversationId: string): GroupAudience | undefined {
    return this.#groups.get(conversationId)?.members
  }

  /** To be called before something is appended to a group, so that its members are known when it is stored. */
  prepare(conversationId: string): void {
    const group = this.#groups.get(conversationId)
    if (!group) this.#load(conversationId)
    else {
      this.#groups.delete(conversationId)
      this.#groups.set(conversationId, group)
    }
  }

  /** Calls `work` with the members: at once, or as soon as the log has said who they are; in the order of the calls. */
  use(conversationId: string, work: (members: GroupAudience) => void): void {
    const group = this.#groups.get(conversationId) ?? this.#load(conversationId)
    if (group.members) work(group.members)
    else group.waiting.push(work)
  }

  /** Before a change is delivered: whoever it brings in hears of it. */
  letIn(conversationId: string, names: readonly string[], fromSeq: number): void {
    const members = this.#groups.get(conversationId)?.members
    if (!members) return
    const before = members.size
    for (const name of names) if (!members.has(name)) members.set(name, fromSeq)
    this.#members += members.size - before
  }

  /** After a change was delivered: whoever it takes out hears of nothing more. */
  letOut(conversationId: string, names: Iterable<string>): void {
    const members = this.#groups.get(conversationId)?.members
    if (!members) return
    for (const name of names) if (members.delete(name)) this.#members--
  }

  #load(conversationId: string): Group {
    const group: Group = { members: undefined, waiting: [] }
    this.#groups.set(conversationId, group)
    this.#ask(conversationId, group)
    return group
  }

  #ask(conversationId: string, group: Group): void {
    this.#log.audience(conversationId).then(
      (audience) => {
        const members = new Map(audience.map(({ name, fromSeq }) => [name, fromSeq]))
        group.members = members
        // One for the group itself: whoever asks for groups that are not there must not fill the memory.
        this.#members += 1 + members.size
        for (const work of group.waiting) work(members)
        group.waiting = []
        this.#forgetOldest()
      },
      (error: unknown) => {
        this.#logger.warn({ err: error, conversationId }, 'the members of a group are not known for now')
        this.#clock.after(RETRY_MS, () => this.#ask(conversationId, group))
      },
    )
  }

  #forgetOldest(): void {
    for (const [conversationId, { members }] of this.#groups) {
      if (this.#members <= MAX_MEMBERS || this.#groups.size === 1) return
      if (!members) continue
      this.#members -= 1 + members.size
      this.#groups.delete(conversationId)
    }
  }
}
