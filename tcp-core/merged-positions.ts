import type { Clock } from './clock.ts'
import type { MemberPosition } from './log/log-store.ts'

/** A client may name any conversations, so no more than this wait. What is left out is said again by the next, cumulative acknowledgement. */
const MAX_POSITIONS = 50_000
/** They wait longer by this for each that was taken last time: storing and telling one costs about 30 us, so all of them some hundredths of a core. */
const MS_EACH = 1
const MAX_MS = 1000

/** Delivered positions that wait for a while, the highest of each user and conversation. */
export class MergedPositions {
  readonly #clock: Clock
  readonly #milliseconds: number
  readonly #due: () => void
  #wait: number
  #pending = new Map<string, Map<string, number>>()
  #count = 0
  #timer: (() => void) | undefined

  /** `due` is called when they have waited so many milliseconds, or longer where there are many. */
  constructor(clock: Clock, milliseconds: number, due: () => void) {
    this.#clock = clock
    this.#milliseconds = milliseconds
    this.#wait = milliseconds
    this.#due = due
  }

  add(conversationId: string, userId: string, seq: number): void {
    const users = this.#pending.get(conversationId) ?? new Map<string, number>()
    const before = users.get(userId)
    if (before === undefined && this.#count++ >= MAX_POSITIONS) return
    this.#pending.set(conversationId, users)
    users.set(userId, Math.max(before ?? 0, seq))
    this.#timer ??= this.#clock.after(this.#wait, this.#due)
  }

  take(): MemberPosition[] {
    this.#timer?.()
    this.#timer = undefined
    const positions: MemberPosition[] = []
    for (const [conversationId, users] of this.#pending) {
      for (const [userId, deliveredSeq] of users) positions.push({ conversationId, userId, deliveredSeq, readSeq: 0 })
    }
    this.#pending = new Map()
    this.#count = 0
    this.#wait = Math.max(this.#milliseconds, Math.min(positions.length * MS_EACH, MAX_MS))
    return positions
  }

  /** They could not be stored: they are tried again after a longer wait. */
  putBack(positions: readonly MemberPosition[], milliseconds: number): void {
    this.#wait = Math.max(this.#wait, milliseconds)
    for (const { conversationId, userId, deliveredSeq } of positions) this.add(conversationId, userId, deliveredSeq)
  }
}
