import type { Logger } from 'pino'
import { conversationKind, directUsers, ownConversationId } from '../shared/conversation-id.ts'
import type { Audiences } from './audiences.ts'
import type { Clock } from './clock.ts'
import type { Deliver } from './deliver.ts'
import type { LogStore, MemberPosition } from './log/log-store.ts'
import type { Session } from './session.ts'

/** Delivered positions are merged for this long before they are stored and told. */
const MERGE_MS = 50
/** In a large group every message brings one of each member. */
const MERGE_LARGE_MS = 5000
/** After the log did not take them. */
const RETRY_MS = 1000
/** A client may name any conversations, so no more than this wait. What is left out is said again by the next, cumulative acknowledgement. */
const MAX_MERGED = 50_000
/** Members of larger groups ask who has read a message; to tell each of each would grow with the square (Y3). */
const TOLD_MEMBERS = 100

/** Positions that wait to be stored, by conversation, then user. */
interface Merged {
  pending: Map<string, Map<string, number>>
  timer: (() => void) | undefined
  count: number
}

/**
 * How far each member has got. Delivered positions come with every DELIVER_ACK, so they are
 * merged and stored off the hot path; a crash forgets at most the last of them, and the
 * client hides what is then delivered again. A read position is stored before its ack.
 */
export class Receipts {
  readonly #log: LogStore
  readonly #deliver: Deliver
  readonly #audiences: Audiences
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #soon: Merged = { pending: new Map(), timer: undefined, count: 0 }
  readonly #later: Merged = { pending: new Map(), timer: undefined, count: 0 }

  constructor(services: { log: LogStore; deliver: Deliver; audiences: Audiences; clock: Clock; logger: Logger }) {
    this.#log = services.log
    this.#deliver = services.deliver
    this.#audiences = services.audiences
    this.#clock = services.clock
    this.#logger = services.logger
  }

  delivered(userId: string, conversationId: string, seq: number): void {
    switch (conversationKind(conversationId)) {
      case 'direct':
        // Somebody else's conversation: nothing to move.
        if (!directUsers(conversationId)?.includes(userId)) return
        break
      case 'own':
        if (conversationId !== ownConversationId(userId)) return
        break
      case 'group': {
        // Whether the user is, or was, a member, the log knows. Where the group's size is not known here, it may be large.
        const members = this.#audiences.known(conversationId)?.size ?? Number.POSITIVE_INFINITY
        if (members > TOLD_MEMBERS) return this.#merge(this.#later, MERGE_LARGE_MS, userId, conversationId, seq)
        break
      }
      case undefined:
        return
    }
    this.#merge(this.#soon, MERGE_MS, userId, conversationId, seq)
  }

  /** Moves the read position and resolves to what holds now. */
  async read(session: Session, conversationId: string, seq: number): Promise<number> {
    const userId = session.user.id
    const [held] = await this.#log.advance([{ conversationId, userId, deliveredSeq: seq, readSeq: seq }])
    if (!held || held.readSeq === 0) return 0
    this.#tell(held, new Set([userId, ...this.#others(held)]), session)
    return held.readSeq
  }

  /** Stores and tells what has been merged so far. What the log does not take now is tried again later. */
  async flush(): Promise<void> {
    await Promise.all([this.#flush(this.#soon), this.#flush(this.#later)])
  }

  async #flush(merged: Merged): Promise<void> {
    merged.timer?.()
    merged.timer = undefined
    const positions: MemberPosition[] = []
    for (const [conversationId, users] of merged.pending) {
      for (const [userId, deliveredSeq] of users) positions.push({ conversationId, userId, deliveredSeq, readSeq: 0 })
    }
    merged.pending = new Map()
    merged.count = 0
    if (positions.length === 0) return
    const advanced = await this.#log.advance(positions).catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'delivered positions were not stored')
      for (const { userId, conversationId, deliveredSeq } of positions) this.#merge(merged, RETRY_MS, userId, conversationId, deliveredSeq)
      return []
    })
    for (const held of advanced) if (held.deliveredSeq > 0) this.#tell(held, this.#others(held))
  }

  #tell(receipt: MemberPosition, users: Iterable<string>, except?: Session): void {
    this.#deliver.event({ receipt, typing: [], presence: [] }, users, except)
  }

  /** Whom a receipt is pushed to besides its own user. */
  #others({ conversationId, userId }: MemberPosition): string[] {
    const audience = this.#audiences.known(conversationId)
    if (audience && audience.size > TOLD_MEMBERS) return []
    const members = audience?.keys() ?? directUsers(conversationId) ?? []
    return [...members].filter((member) => member !== userId)
  }

  #merge(merged: Merged, milliseconds: number, userId: string, conversationId: string, seq: number): void {
    const users = merged.pending.get(conversationId) ?? new Map<string, number>()
    const before = users.get(userId)
    if (before === undefined && merged.count++ >= MAX_MERGED) return
    merged.pending.set(conversationId, users)
    users.set(userId, Math.max(before ?? 0, seq))
    merged.timer ??= this.#clock.after(milliseconds, () => void this.#flush(merged))
  }
}
