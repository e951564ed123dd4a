/** What a user's frames may take of the event loop at once, and in each second that follows. */
const BURST_MS = 500
const MS_PER_SECOND = 250

/**
 * The time that the event loop spends on what all sessions of one user send, measured and not
 * counted by frames: a frame may ask for much within all other limits. Times are by the clock
 * of intervals.
 */
export class LoopTime {
  /** When all that was spent is paid for. */
  #paidAt = 0

  spend(milliseconds: number, now: number): void {
    if (milliseconds > 0) this.#paidAt = Math.max(this.#paidAt, now) + (milliseconds * 1000) / MS_PER_SECOND
  }

  /** Milliseconds until the user may send again; 0 for now. */
  debtMs(now: number): number {
    return Math.max(0, this.#paidAt - now - (BURST_MS * 1000) / MS_PER_SECOND)
  }
}
