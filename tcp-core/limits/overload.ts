import type { Clock } from '../time/clock.ts'

/** Ten times a second: each look wakes a core that may have nothing to do. */
const LOOK_MS = 100
/** The delay is the mean of so many looks, half a second. */
const LOOKS = 5
/** Refused logins are asked to come back somewhere between once and twice this. */
const RETURN_MS = 2000

export interface OverloadLimits {
  readonly maxLoopDelayMs: number
  /** Bytes of resident memory; 0 for no limit. */
  readonly maxMemoryBytes: number
}

/**
 * Watches the event loop and memory, so that new logins are refused before the sessions
 * that exist begin to suffer.
 */
export class Overload {
  readonly #limits: OverloadLimits
  readonly #clock: Clock
  /** How late the last looks came, the latest last. */
  #delays: number[] = []
  #cancel: () => void = () => {}
  #overloaded = false

  constructor(limits: OverloadLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    this.#next()
  }

  /** The mean delay of the last half second. */
  get loopDelayMs(): number {
    return this.#delays.reduce((sum, delay) => sum + delay, 0) / LOOKS
  }

  /** Milliseconds after which a new login should come back, or undefined if it is welcome. */
  returnTime(): number | undefined {
    return this.#overloaded ? Math.round(RETURN_MS * (1 + Math.random())) : undefined
  }

  stop(): void {
    this.#cancel()
  }

  #next(): void {
    this.#look()
    const due = performance.now() + LOOK_MS
    this.#cancel = this.#clock.after(LOOK_MS, () => {
      this.#delays = [...this.#delays.slice(1 - LOOKS), Math.max(0, performance.now() - due)]
      this.#next()
    })
  }

  #look(): void {
    const { maxLoopDelayMs, maxMemoryBytes } = this.#limits
    this.#overloaded = this.loopDelayMs > maxLoopDelayMs || (maxMemoryBytes > 0 && process.memoryUsage.rss() > maxMemoryBytes)
  }
}
