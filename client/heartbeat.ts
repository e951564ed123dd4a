import type { Cancel, Clock } from './clock.ts'

/** Heartbeats without an answer after which a connection is given up. */
const MAX_UNANSWERED = 2

/**
 * Sends a heartbeat each interval and notices a connection that is dead without saying so (H1, H2).
 * Counts beats, not milliseconds: a laptop that slept, or a tab whose timers are held back, has
 * heard nothing for long and is well all the same.
 */
export class Heartbeat {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #ping: () => void
  readonly #dead: () => void
  #unanswered = 0
  #cancel: Cancel

  constructor(clock: Clock, intervalMs: number, ping: () => void, dead: () => void) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#ping = ping
    this.#dead = dead
    this.#cancel = clock.after(intervalMs, this.#beat)
  }

  /** Anything at all arrived. */
  heard(): void {
    this.#unanswered = 0
  }

  stop(): void {
    this.#cancel()
  }

  readonly #beat = (): void => {
    if (this.#unanswered === MAX_UNANSWERED) return this.#dead()
    this.#unanswered++
    this.#cancel = this.#clock.after(this.#intervalMs, this.#beat)
    this.#ping()
  }
}
