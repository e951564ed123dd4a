import type { Clock } from '../time/clock.ts'

/** Deliveries to many take at most about so long in one turn of the event loop. */
const TURN_MS = 8

/**
 * Deliveries to groups and rooms, in their order. A message to thousands takes milliseconds, and a
 * batch may bring hundreds of them: past some milliseconds the rest waits for the next turn of the event loop,
 * so that acks, and what others send, come in between.
 */
export class DeliveryTurns {
  readonly #clock: Clock
  readonly #soon: (work: () => void) => void
  #waiting: (() => void)[] = []
  /** When this turn's first delivery began; undefined before it. */
  #turnBegan: number | undefined

  /** `soon` calls what it is given in the next turn of the event loop. */
  constructor(clock: Clock, soon: (work: () => void) => void = setImmediate) {
    this.#clock = clock
    this.#soon = soon
  }

  /** Does `work`, now or after what was added before. */
  add(work: () => void): void {
    if (this.#waiting.length > 0 || this.#isOver()) this.#waiting.push(work)
    else work()
  }

  /** Whether this turn's time is over. */
  #isOver(): boolean {
    const now = this.#clock.elapsed()
    if (this.#turnBegan === undefined) {
      this.#turnBegan = now
      this.#soon(() => this.#next())
      return false
    }
    return now - this.#turnBegan >= TURN_MS
  }

  #next(): void {
    this.#turnBegan = undefined
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    let done = 0
    while (done < waiting.length && !this.#isOver()) waiting[done++]?.()
    this.#waiting = done === waiting.length ? this.#waiting : [...waiting.slice(done), ...this.#waiting]
  }
}
