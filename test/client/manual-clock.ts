import type { Clock } from '../../client/clock.ts'

/** Time that stands still until a test moves it. Its date may be set besides. */
export class ManualClock implements Clock {
  #elapsed = 0
  #begin = 1_700_000_000_000
  readonly #timers = new Set<{ at: number; run: () => void }>()

  now(): number {
    return this.#begin + this.#elapsed
  }

  elapsed(): number {
    return this.#elapsed
  }

  /** Sets the date forward, or back if negative. */
  step(ms: number): void {
    this.#begin += ms
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#elapsed + ms, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size
  }

  advance(ms: number): void {
    const end = this.#elapsed + ms
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#timers.delete(due)
      this.#elapsed = due.at
      due.run()
    }
    this.#elapsed = end
  }
}
