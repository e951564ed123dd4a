import type { Clock } from './clock.ts'

/** What comes soon after a ring waits so long, and is then done together. */
const LEAST_MS = 1000
/** The date may be set meanwhile, so it is looked at again at least so often. */
const MOST_MS = 10_000

/** Rings when something is due, and never otherwise: whoever has nothing that is due costs nothing. Where the date is set, it rings within ten seconds of the new one's due time. */
export class Alarm {
  readonly #clock: Clock
  #ring: (() => void) | undefined
  #at = Number.POSITIVE_INFINITY
  /** By the clock's `elapsed`. */
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

  get isRunning(): boolean {
    return this.#ring !== undefined
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
    const wait = Math.max(this.#at - this.#clock.now(), this.#rangAt + LEAST_MS - this.#clock.elapsed())
    this.#callOff = this.#clock.after(Math.min(Math.max(wait, 0), MOST_MS), () => this.#look())
  }

  #look(): void {
    if (this.#clock.now() < this.#at) return this.#arm()
    this.#at = Number.POSITIVE_INFINITY
    this.#rangAt = this.#clock.elapsed()
    this.#ring?.()
  }
}
