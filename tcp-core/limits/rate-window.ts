const WINDOW_MS = 1000
/** Over a limit every request gets its error; past this many times the limit in one window it is no accident. */
const PATIENCE = 2

export interface RateLimits {
  readonly packetsPerSecond: number
  readonly bytesPerSecond: number
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

  constructor(limits: RateLimits) {
    this.#limits = limits
  }

  /** Counts one packet. */
  count(bytes: number, now: number): RateVerdict {
    if (now - this.#startedAt >= WINDOW_MS || now < this.#startedAt) {
      this.#startedAt = now
      this.#packets = 0
      this.#bytes = 0
    }
    this.#packets++
    this.#bytes += bytes
    const { packetsPerSecond, bytesPerSecond } = this.#limits
    if (this.#packets <= packetsPerSecond && this.#bytes <= bytesPerSecond) return 'within'
    return this.#packets > PATIENCE * packetsPerSecond || this.#bytes > PATIENCE * bytesPerSecond ? 'flood' : 'over'
  }

  /** Milliseconds until the window is over. */
  remaining(now: number): number {
    return Math.max(1, this.#startedAt + WINDOW_MS - now)
  }
}
