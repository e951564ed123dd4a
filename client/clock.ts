/** The longest that a timer counts, 24.8 days in milliseconds; with more it would fire at once. */
export const MAX_TIMER_MS = 0x7fffffff

/** Undoes an `after` that has not come yet; harmless later. */
export type Cancel = () => void

/** The client's only source of time, so that a test can be its own. */
export interface Clock {
  /** This machine's date, in milliseconds since 1970. People and systems set it, so no interval is reckoned by it (test/clocks.test.ts). */
  now(): number
  /** Milliseconds since some moment of this process, which only grow: for every interval. */
  elapsed(): number
  /** Calls `run` after the delay, or after MAX_TIMER_MS where that is less. */
  after(ms: number, run: () => void): Cancel
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}
