import type { Clock } from '../time/clock.ts'

/** Of one turn; who took more waits for so many more turns of the others. */
const TURN_MS = 5
/** No answer costs more: what takes longer waits for the disk or the processor, which is not the user's doing. */
const MAX_COST_MS = 100
/** A long answer keeps the ways to its reader busy, which others share. */
const BYTES_A_MS = 16 * 1024
/** What a user's questions may cost at once is that of so many seconds. */
const BURST_SECONDS = 5
/** How often users are forgotten who owe nothing any more. */
const SWEEP_MS = 10_000

interface Line {
  readonly userId: string
  /** Each gives the bytes of its answer. */
  readonly waiting: (() => Promise<number>)[]
  running: number
  /** What the user may still take in this turn; below 0 a debt. */
  creditMs: number
  /** When all that the user took is paid for, by the clock of intervals. */
  paidAt: number
  cancelRest: (() => void) | undefined
}

/**
 * Serves users in fair turns, by the time that their questions take and not by their number:
 * whoever asks for much waits behind himself, over all of his sessions.
 */
export class FairTurns {
  readonly #clock: Clock
  readonly #slots: number
  readonly #msPerSecond: number
  /** Of everybody who waits, is being served, or has not paid yet. */
  readonly #lines = new Map<string, Line>()
  /** Those who wait and may be served; whose turn is next comes first. */
  readonly #ring = new Set<Line>()
  #running = 0
  #lastEndedAt = 0
  #cancelSweep: (() => void) | undefined

  /**
   * `slots` questions are worked on at a time. Those of one user may cost `msPerSecond` in a second,
   * also where nobody else waits: a core has few processors.
   */
  constructor(clock: Clock, slots: number, msPerSecond: number) {
    this.#clock = clock
    this.#slots = slots
    this.#msPerSecond = msPerSecond
  }

  /** Users of whom something is known here. */
  get size(): number {
    return this.#lines.size
  }

  /** Does `work` when it is the user's turn. It costs the time that it takes, and that of the bytes of its answer. */
  run<T>(userId: string, work: () => Promise<T>, bytesOf: (answer: T) => number = () => 0): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const line = this.#lines.get(userId) ?? this.#newLine(userId)
    line.waiting.push(async () => {
      try {
        const answer = await work()
        resolve(answer)
        return bytesOf(answer)
      } catch (error) {
        reject(error as Error)
        return 0
      }
    })
    if (!line.cancelRest) this.#ring.add(line)
    this.#serve()
    return promise
  }

  #newLine(userId: string): Line {
    const line: Line = { userId, waiting: [], running: 0, creditMs: 0, paidAt: 0, cancelRest: undefined }
    this.#lines.set(userId, line)
    this.#cancelSweep ??= this.#clock.after(SWEEP_MS, () => this.#sweep())
    return line
  }

  #serve(): void {
    while (this.#running < this.#slots) {
      const line = this.#next()
      if (!line) return
      this.#begin(line)
    }
  }

  /** One that is not being served yet goes first; where nobody else waits, one user may have several under way. */
  #next(): Line | undefined {
    let served: Line | undefined
    for (const line of this.#ring) {
      if (line.running > 0) {
        served ??= line
        continue
      }
      if (line.creditMs > 0) return line
      line.creditMs += TURN_MS
      // To the end of the ring; this loop comes to it again.
      this.#ring.delete(line)
      this.#ring.add(line)
    }
    return served
  }

  #begin(line: Line): void {
    const work = line.waiting.shift()
    if (!work) return
    if (line.waiting.length === 0) this.#ring.delete(line)
    const startedAt = this.#clock.elapsed()
    line.running++
    this.#running++
    void work().then((bytes) => this.#ended(line, startedAt, bytes))
  }

  #ended(line: Line, startedAt: number, bytes: number): void {
    const now = this.#clock.elapsed()
    // What began while others were being answered has waited for them.
    const tookMs = now - Math.max(startedAt, this.#lastEndedAt)
    this.#lastEndedAt = now
    line.running--
    this.#running--
    const costMs = Math.min(tookMs, MAX_COST_MS) + bytes / BYTES_A_MS
    line.creditMs = Math.max(line.creditMs - costMs, -2 * MAX_COST_MS)
    line.paidAt = Math.max(line.paidAt, now) + (costMs * 1000) / this.#msPerSecond
    const restMs = line.paidAt - now - BURST_SECONDS * 1000
    if (restMs > 0 && !line.cancelRest) this.#rest(line, restMs)
    this.#serve()
  }

  #rest(line: Line, milliseconds: number): void {
    this.#ring.delete(line)
    line.cancelRest = this.#clock.after(milliseconds, () => {
      line.cancelRest = undefined
      if (line.waiting.length > 0) this.#ring.add(line)
      this.#serve()
    })
  }

  #sweep(): void {
    const now = this.#clock.elapsed()
    for (const [userId, line] of this.#lines) {
      if (line.running === 0 && line.waiting.length === 0 && line.paidAt <= now) this.#lines.delete(userId)
    }
    this.#cancelSweep = this.#lines.size === 0 ? undefined : this.#clock.after(SWEEP_MS, () => this.#sweep())
  }
}
