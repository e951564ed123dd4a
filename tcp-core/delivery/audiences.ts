import type { Logger } from 'pino'
import type { LogStore } from '../log/log-store.ts'
import type { Clock } from '../time/clock.ts'

/** Of all groups that are kept in memory, estimated. */
const MAX_BYTES = 64 * 1024 * 1024
const GROUP_BYTES = 400
const MEMBER_BYTES = 80
/** Members that the log is asked for at a time: some milliseconds of its reader, and one of the event loop. */
const AT_ONCE = 5000
const RETRY_MS = 1000

/** The members of a group by name, each with the seq up to which, inclusive, it sees nothing. */
export type GroupAudience = ReadonlyMap<string, number>

type Work = (members: GroupAudience) => void

interface Group {
  /** Undefined until the log has said who they are. */
  members: Map<string, number> | undefined
  /** Of `members` those who have left by an entry that was not delivered when the log was asked: the last seq that each one sees. */
  readonly leaving: Map<string, number>
  waiting: { readonly seq: number; readonly work: Work }[]
  bytes: number
}

/**
 * Who is in which group, for those who deliver. Asked from the log at a group's first
 * message, then kept up by what is done to it. The log may answer with what holds a moment
 * later than the message: whoever has left by then is among its answer as well, and whoever
 * has come is let in again without harm.
 */
export class Audiences {
  readonly #log: LogStore
  readonly #clock: Clock
  readonly #logger: Logger
  /** The ones used longest ago first. */
  readonly #groups = new Map<string, Group>()
  #bytes = 0

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

  /**
   * Calls `work` with the members whom the entry at `seq` concerns: at once, or as soon as the
   * log has said who they are; in the order of the calls. What is about no entry has seq 0.
   */
  use(conversationId: string, seq: number, work: Work): void {
    const group = this.#groups.get(conversationId) ?? this.#load(conversationId)
    if (group.members) this.#do(group, group.members, seq, work)
    else group.waiting.push({ seq, work })
  }

  /** Before a change is delivered: whoever it brings in hears of it. */
  letIn(conversationId: string, names: readonly string[], fromSeq: number): void {
    const group = this.#groups.get(conversationId)
    if (!group?.members) return
    for (const name of names) {
      // Who was on the way out is back.
      if (group.members.has(name) && !group.leaving.delete(name)) continue
      if (!group.members.has(name)) this.#count(group, memberBytes(name))
      group.members.set(name, fromSeq)
    }
  }

  /** After a change was delivered: whoever it takes out hears of nothing more. */
  letOut(conversationId: string, names: Iterable<string>): void {
    const group = this.#groups.get(conversationId)
    for (const name of names) this.#remove(group, name)
  }

  #do(group: Group, members: Map<string, number>, seq: number, work: Work): void {
    if (group.leaving.size > 0) {
      for (const [name, untilSeq] of group.leaving) if (untilSeq < seq) this.#remove(group, name)
    }
    work(members)
  }

  #remove(group: Group | undefined, name: string): void {
    group?.leaving.delete(name)
    if (group?.members?.delete(name)) this.#count(group, -memberBytes(name))
  }

  #load(conversationId: string): Group {
    const group: Group = { members: undefined, leaving: new Map(), waiting: [], bytes: 0 }
    this.#groups.set(conversationId, group)
    this.#count(group, GROUP_BYTES + 2 * conversationId.length)
    const ask = (): void => {
      this.#ask(conversationId, group).catch((error: unknown) => {
        this.#logger.warn({ err: error, conversationId }, 'the members of a group are not known for now')
        this.#clock.after(RETRY_MS, ask)
      })
    }
    ask()
    return group
  }

  async #ask(conversationId: string, group: Group): Promise<void> {
    const members = new Map<string, number>()
    let bytes = 0
    group.leaving.clear()
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = await this.#log.audience({ conversationId, cursor, limit: AT_ONCE })
      for (const { name, fromSeq, untilSeq } of page.members) {
        if (!members.has(name)) bytes += memberBytes(name)
        members.set(name, fromSeq)
        if (untilSeq > 0) group.leaving.set(name, untilSeq)
      }
      cursor = page.next || undefined
    }
    group.members = members
    this.#count(group, bytes)
    for (const { seq, work } of group.waiting) this.#do(group, members, seq, work)
    group.waiting = []
    // Whoever asks for groups that are not there must not fill the memory.
    if (members.size === 0) this.#forget(conversationId, group)
    this.#forgetOldest()
  }

  #forgetOldest(): void {
    for (const [conversationId, group] of this.#groups) {
      if (this.#bytes <= MAX_BYTES || this.#groups.size === 1) return
      if (group.members) this.#forget(conversationId, group)
    }
  }

  #forget(conversationId: string, group: Group): void {
    this.#count(group, -group.bytes)
    this.#groups.delete(conversationId)
  }

  #count(group: Group, bytes: number): void {
    group.bytes += bytes
    this.#bytes += bytes
  }
}

function memberBytes(name: string): number {
  return MEMBER_BYTES + 2 * name.length
}
