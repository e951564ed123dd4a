import type { Clock } from './clock.ts'

/** What comes soon after a ring waits so long, and is then done together. */
const LEAST_MS = 1000
/** Timers go no further. */
const MOST_MS = 3_600_000

/** Rings when something is due, and never otherwise: whoever has nothing that is due costs nothing. */
export class Alarm {
  readonly #clock: Clock
  #ring: (() => void) | undefined
  #at = Number.POSITIVE_INFINITY
  #rangAt = Number.NEGATIVE_INFINITY
  #callOff: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** From now on `ring` is called; it finds out what is due, and sets the alarm for what is next. */
  start(ring: () => void): void {
    this.#ring = ring
    this.#arm()
  }

  stop(): void {
    this.#ring = undefined
    this.#callOff?.()
  }

  /** Something is due at this time, in milliseconds since 1970. */
  set(at: number): void {
    if (at >= this.#at) return
    this.#at = at
    this.#arm()
  }

  #arm(): void {
    this.#callOff?.()
    if (!this.#ring || this.#at === Number.POSITIVE_INFINITY) return
    const wait = Math.max(this.#at, this.#rangAt + LEAST_MS) - this.#clock.now()
    this.#callOff = this.#clock.after(Math.min(Math.max(wait, 0), MOST_MS), () => this.#look())
  }

  #look(): void {
    const now = this.#clock.now()
    if (now < this.#at) return this.#arm()
    this.#at = Number.POSITIVE_INFINITY
    this.#rangAt = now
    this.#ring?.()
  }
}
