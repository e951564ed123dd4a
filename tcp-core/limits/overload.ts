import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../clock.ts'

const LOOK_MS = 500
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
  readonly #delay = monitorEventLoopDelay({ resolution: 10 })
  #cancel: () => void = () => {}
  #loopDelayMs = 0
  #overloaded = false

  constructor(limits: OverloadLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    this.#delay.enable()
    this.#look()
  }

  /** The mean delay of the last half second. */
  get loopDelayMs(): number {
    return this.#loopDelayMs
  }

  /** Milliseconds after which a new login should come back, or undefined if it is welcome. */
  returnTime(): number | undefined {
    return this.#overloaded ? Math.round(RETURN_MS * (1 + Math.random())) : undefined
  }

  stop(): void {
    this.#cancel()
    this.#delay.disable()
  }

  #look(): void {
    const meanMs = this.#delay.mean / 1e6
    this.#loopDelayMs = Number.isFinite(meanMs) ? meanMs : 0
    this.#delay.reset()
    const { maxLoopDelayMs, maxMemoryBytes } = this.#limits
    this.#overloaded = this.#loopDelayMs > maxLoopDelayMs || (maxMemoryBytes > 0 && process.memoryUsage.rss() > maxMemoryBytes)
    this.#cancel = this.#clock.after(LOOK_MS, () => this.#look())
  }
}
