/** Undoes an `after` that has not come yet; harmless later. */
export type Cancel = () => void

/** The client's only source of time, so that a test can be its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  after(ms: number, run: () => void): Cancel
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
