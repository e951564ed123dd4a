import type { MemberPosition } from '../log/log-store.ts'
import type { Clock } from '../time/clock.ts'

/** A client may name any conversations, so no more than this wait. What is left out is said again by the next, cumulative acknowledgement. */
const MAX_POSITIONS = 50_000
/** Of one user as many wait at most, and as few always may, however many others say: nobody pushes out what another has said. */
const OF_ONE = { most: 5000, always: 100 }
/** So many are taken at once, and the next after a pause: storing and telling one costs about 30 us, and messages wait meanwhile. */
const AT_ONCE = 50
const PAUSE_MS = 50
/** More at once where it would otherwise take more pauses than these. */
const MAX_PAUSES = 20

type Positions = Map<string, Map<string, number>>

/** Delivered positions that wait for a while, the highest of each user and conversation. */
export class MergedPositions {
  readonly #clock: Clock
  readonly #milliseconds: number
  readonly #due: () => void
  /** By user, then by conversation. */
  #pending: Positions = new Map()
  #count = 0
  /** Those that have waited, on their way out. */
  #leaving: Positions = new Map()
  #atOnce = 0
  #timer: (() => void) | undefined

  /** `due` is called when they have waited so many milliseconds, and again after a pause while there are more of them. */
  constructor(clock: Clock, milliseconds: number, due: () => void) {
    this.#clock = clock
    this.#milliseconds = milliseconds
    this.#due = due
  }

  add(conversationId: string, userId: string, seq: number): void {
    const ofUser = this.#pending.get(userId) ?? new Map<string, number>()
    const before = ofUser.get(conversationId)
    if (before === undefined) {
      if (ofUser.size >= OF_ONE.most || (this.#count >= MAX_POSITIONS && ofUser.size >= OF_ONE.always)) return
      this.#count++
    }
    this.#pending.set(userId, ofUser)
    ofUser.set(conversationId, Math.max(before ?? 0, seq))
    this.#timer ??= this.#clock.after(this.#milliseconds, this.#due)
  }

  /** The next of those that have waited. */
  take(): MemberPosition[] {
    if (this.#leaving.size === 0) {
      this.#leaving = this.#pending
      this.#atOnce = Math.max(AT_ONCE, Math.ceil(this.#count / MAX_PAUSES))
      this.#pending = new Map()
      this.#count = 0
    }
    const taken: MemberPosition[] = []
    for (const userId of this.#leaving.keys()) {
      taken.push(...take(this.#leaving, userId, this.#atOnce - taken.length))
      if (taken.length === this.#atOnce) break
    }
    if (this.#leaving.size > 0) this.#wait(PAUSE_MS)
    else if (this.#count > 0) this.#wait(this.#milliseconds)
    else this.#wait(undefined)
    return taken
  }

  countOf(userId: string): number {
    return (this.#leaving.get(userId)?.size ?? 0) + (this.#pending.get(userId)?.size ?? 0)
  }

  /** At most `limit` of those of one user, however long they have waited. The others wait on. */
  takeOf(userId: string, limit: number): MemberPosition[] {
    const taken = take(this.#leaving, userId, limit)
    const recent = take(this.#pending, userId, limit - taken.length)
    this.#count -= recent.length
    return [...taken, ...recent]
  }

  /** All there are, however long they have waited. */
  takeAll(): MemberPosition[] {
    this.#wait(undefined)
    const all = [this.#leaving, this.#pending].flatMap((positions) =>
      [...positions.keys()].flatMap((userId) => take(positions, userId, Number.POSITIVE_INFINITY)),
    )
    this.#count = 0
    return all
  }

  /** They could not be stored: they and what is left are tried again after a longer wait. */
  putBack(positions: readonly MemberPosition[], milliseconds: number): void {
    const left = [...this.#leaving.keys()].flatMap((userId) => take(this.#leaving, userId, Number.POSITIVE_INFINITY))
    for (const { conversationId, userId, deliveredSeq } of [...positions, ...left]) this.add(conversationId, userId, deliveredSeq)
    this.#wait(milliseconds)
  }

  #wait(milliseconds: number | undefined): void {
    this.#timer?.()
    this.#timer = milliseconds === undefined ? undefined : this.#clock.after(milliseconds, this.#due)
  }
}

function take(from: Positions, userId: string, limit: number): MemberPosition[] {
  const ofUser = from.get(userId)
  const taken: MemberPosition[] = []
  for (const [conversationId, deliveredSeq] of ofUser ?? []) {
    if (taken.length === limit) return taken
    ofUser?.delete(conversationId)
    taken.push({ conversationId, userId, deliveredSeq, readSeq: 0 })
  }
  from.delete(userId)
  return taken
}
