import type { Logger } from 'pino'
import { directUsers } from '../shared/conversation-id.ts'
import type { Clock } from './clock.ts'
import type { Deliver } from './deliver.ts'
import type { LogStore, MemberPosition } from './log/log-store.ts'
import type { Session } from './session.ts'

/** Delivered positions are merged for this long before they are stored and told. */
const MERGE_MS = 50
/** After the log did not take them. */
const RETRY_MS = 1000

/**
 * How far each member has got. Delivered positions come with every DELIVER_ACK, so they are
 * merged and stored off the hot path; a crash forgets at most the last of them, and the
 * client hides what is then delivered again. A read position is stored before its ack.
 */
export class Receipts {
  readonly #log: LogStore
  readonly #deliver: Deliver
  readonly #clock: Clock
  readonly #logger: Logger
  /** By conversation, then user: the delivered seq to store next. */
  #pending = new Map<string, Map<string, number>>()
  #timer: (() => void) | undefined

  constructor(services: { log: LogStore; deliver: Deliver; clock: Clock; logger: Logger }) {
    this.#log = services.log
    this.#deliver = services.deliver
    this.#clock = services.clock
    this.#logger = services.logger
  }

  delivered(userId: string, conversationId: string, seq: number): void {
    // Somebody else's conversation: nothing to move.
    if (!directUsers(conversationId)?.includes(userId)) return
    this.#merge(userId, conversationId, seq)
    this.#flushIn(MERGE_MS)
  }

  /** Moves the read position and resolves to what holds now. */
  async read(session: Session, conversationId: string, seq: number): Promise<number> {
    const userId = session.user.id
    const [held] = await this.#log.advance([{ conversationId, userId, deliveredSeq: seq, readSeq: seq }])
    if (!held || held.readSeq === 0) return 0
    this.#deliver.event({ receipt: held }, new Set(directUsers(conversationId)), session)
    return held.readSeq
  }

  /** Stores and tells what has been merged so far. What the log does not take now is tried again later. */
  async flush(): Promise<void> {
    this.#timer?.()
    this.#timer = undefined
    const positions: MemberPosition[] = []
    for (const [conversationId, users] of this.#pending) {
      for (const [userId, deliveredSeq] of users) positions.push({ conversationId, userId, deliveredSeq, readSeq: 0 })
    }
    this.#pending = new Map()
    if (positions.length === 0) return
    const advanced = await this.#log.advance(positions).catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'delivered positions were not stored')
      this.#putBack(positions)
      return []
    })
    for (const held of advanced) {
      if (held.deliveredSeq === 0) continue
      const others = directUsers(held.conversationId)?.filter((user) => user !== held.userId) ?? []
      this.#deliver.event({ receipt: held }, others)
    }
  }

  #merge(userId: string, conversationId: string, seq: number): void {
    const users = this.#pending.get(conversationId) ?? new Map<string, number>()
    this.#pending.set(conversationId, users)
    users.set(userId, Math.max(users.get(userId) ?? 0, seq))
  }

  #putBack(positions: readonly MemberPosition[]): void {
    for (const { userId, conversationId, deliveredSeq } of positions) this.#merge(userId, conversationId, deliveredSeq)
    this.#flushIn(RETRY_MS)
  }

  #flushIn(milliseconds: number): void {
    this.#timer ??= this.#clock.after(milliseconds, () => void this.flush())
  }
}
