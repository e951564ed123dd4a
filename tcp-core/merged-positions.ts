import type { Clock } from './clock.ts'
import type { MemberPosition } from './log/log-store.ts'

/** A client may name any conversations, so no more than this wait. What is left out is said again by the next, cumulative acknowledgement. */
const MAX_POSITIONS = 50_000
/** So many are taken at once, and the next after a pause: storing and telling one costs about 30 us, and messages wait meanwhile. */
const AT_ONCE = 50
const PAUSE_MS = 50
/** More at once where it would otherwise take more pauses than these. */
const MAX_PAUSES = 20

/** Delivered positions that wait for a while, the highest of each user and conversation. */
export class MergedPositions {
  readonly #clock: Clock
  readonly #milliseconds: number
  readonly #due: () => void
  #pending = new Map<string, Map<string, number>>()
  #count = 0
  /** Those that have waited, on their way out. */
  #leaving: MemberPosition[] = []
  #atOnce = 0
  #timer: (() => void) | undefined

  /** `due` is called when they have waited so many milliseconds, and again after a pause while there are more of them. */
  constructor(clock: Clock, milliseconds: number, due: () => void) {
    this.#clock = clock
    this.#milliseconds = milliseconds
    this.#due = due
  }

  add(conversationId: string, userId: string, seq: number): void {
    const users = this.#pending.get(conversationId) ?? new Map<string, number>()
    const before = users.get(userId)
    if (before === undefined && this.#count++ >= MAX_POSITIONS) return
    this.#pending.set(conversationId, users)
    users.set(userId, Math.max(before ?? 0, seq))
    this.#timer ??= this.#clock.after(this.#milliseconds, this.#due)
  }

  /** The next of those that have waited. */
  take(): MemberPosition[] {
    if (this.#leaving.length === 0) {
      this.#leaving = this.#empty()
      this.#atOnce = Math.max(AT_ONCE, Math.ceil(this.#leaving.length / MAX_PAUSES))
    }
    const taken = this.#leaving.splice(0, this.#atOnce)
    if (this.#leaving.length > 0) this.#wait(PAUSE_MS)
    else if (this.#count > 0) this.#wait(this.#milliseconds)
    else this.#wait(undefined)
    return taken
  }

  /** All there are, however long they have waited. */
  takeAll(): MemberPosition[] {
    this.#wait(undefined)
    return [...this.#leaving.splice(0), ...this.#empty()]
  }

  /** They could not be stored: they and what is left are tried again after a longer wait. */
  putBack(positions: readonly MemberPosition[], milliseconds: number): void {
    for (const { conversationId, userId, deliveredSeq } of [...positions, ...this.#leaving.splice(0)]) {
      this.add(conversationId, userId, deliveredSeq)
    }
    this.#wait(milliseconds)
  }

  #empty(): MemberPosition[] {
    const positions: MemberPosition[] = []
    for (const [conversationId, users] of this.#pending) {
      for (const [userId, deliveredSeq] of users) positions.push({ conversationId, userId, deliveredSeq, readSeq: 0 })
    }
    this.#pending = new Map()
    this.#count = 0
    return positions
  }

  #wait(milliseconds: number | undefined): void {
    this.#timer?.()
    this.#timer = milliseconds === undefined ? undefined : this.#clock.after(milliseconds, this.#due)
  }
}
