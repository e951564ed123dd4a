/** Time and timers, injected so that a simulation can turn them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `work` after the delay; the returned function calls it off. Never keeps the process alive. */
  after(milliseconds: number, work: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds).unref()
    return () => clearTimeout(timer)
  },
}
