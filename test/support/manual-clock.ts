import type { Clock } from '../../tcp-core/time/clock.ts'

/** A clock that stands until it is turned. Its date may be set besides. */
export class ManualClock implements Clock {
  #elapsed = 0
  #begin: number
  #timers: { at: number; work: () => void }[] = []

  constructor(now = 1_000_000) {
    this.#begin = now
  }

  now(): number {
    return this.#begin + this.#elapsed
  }

  elapsed(): number {
    return this.#elapsed
  }

  /** Sets the date forward, or back if negative. */
  step(milliseconds: number): void {
    this.#begin += milliseconds
  }

  after(milliseconds: number, work: () => void): () => void {
    const timer = { at: this.#elapsed + milliseconds, work }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Turns the clock, doing what falls due on the way in its order. */
  turn(milliseconds: number): void {
    const end = this.#elapsed + milliseconds
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#elapsed = Math.max(this.#elapsed, next.at)
      next.work()
    }
    this.#elapsed = end
  }
}
