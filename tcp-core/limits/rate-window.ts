const WINDOW_MS = 1000
/**
 * Over a limit every request gets its error (L10). So many times the limit are no accident, but a burst may well have been
 * on its way before its sender could read the first error: one who has had a second for that is given less.
 */
const PATIENCE = { first: 4, warned: 2 }

export interface RateLimits {
  readonly packetsPerSecond: number
  readonly bytesPerSecond: number
}

/** What all sessions of one user may do together. */
export interface UserLimits extends RateLimits {
  /** Of the event loop. */
  readonly millisecondsPerSecond: number
}

export type RateVerdict =
  | 'within'
  /** Answer with an error and go on. */
  | 'over'
  /** It goes on after the errors: close. */
  | 'flood'

/** Packets and bytes in the current second, of one session or of all sessions of one user. */
export class RateWindow {
  readonly #limits: RateLimits
  #startedAt = 0
  #packets = 0
  #bytes = 0
  #patience = PATIENCE.first

  constructor(limits: RateLimits) {
    this.#limits = limits
  }

  /** Counts one packet. */
  count(bytes: number, now: number): RateVerdict {
    if (now - this.#startedAt >= WINDOW_MS || now < this.#startedAt) {
      const warned = this.#isOver(1) && now - this.#startedAt < 2 * WINDOW_MS
      this.#patience = warned ? PATIENCE.warned : PATIENCE.first
      this.#startedAt = now
      this.#packets = 0
      this.#bytes = 0
    }
    this.#packets++
    this.#bytes += bytes
    if (!this.#isOver(1)) return 'within'
    return this.#isOver(this.#patience) ? 'flood' : 'over'
  }

  /** Milliseconds until the window is over. */
  remaining(now: number): number {
    return Math.max(1, this.#startedAt + WINDOW_MS - now)
  }

  #isOver(times: number): boolean {
    const { packetsPerSecond, bytesPerSecond } = this.#limits
    return this.#packets > times * packetsPerSecond || this.#bytes > times * bytesPerSecond
  }
}
