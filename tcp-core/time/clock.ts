/** The longest that a timer of Node or a browser counts, 24.8 days in milliseconds; with more it would fire at once. */
export const MAX_TIMER_MS = 0x7fffffff

/** Time and timers, injected so that a simulation can turn them. */
export interface Clock {
  /** The date, in milliseconds since 1970: for stamps. It may be set back or forward at any time, so no interval is reckoned by it (test/clocks.test.ts). */
  now(): number
  /** Whole milliseconds since some moment of this process, which only grow: for every interval and deadline. */
  elapsed(): number
  /** Calls `work` after the delay, or after MAX_TIMER_MS where that is less; the returned function calls it off. Never keeps the process alive. */
  after(milliseconds: number, work: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => Math.floor(performance.now()),
  after(milliseconds, work) {
    const timer = setTimeout(work, Math.min(milliseconds, MAX_TIMER_MS)).unref()
    return () => clearTimeout(timer)
  },
}
