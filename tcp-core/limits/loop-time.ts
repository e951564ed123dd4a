/** What may be spent at once is that of so many seconds. */
const BURST_SECONDS = 0.5
/** No single charge is more: what takes longer waits for a processor that is busy with others. */
const MAX_CHARGE_MS = 25

/**
 * The time that the event loop spends on what all sessions of one user send, and on what
 * follows from it: a frame may ask for much within all other limits. Measured where it is done
 * at once, estimated where it is done later. Times are by the clock of intervals.
 */
export class LoopTime {
  readonly #msPerSecond: number
  #charged = 0
  /** When all that was charged before is paid for. */
  #paidAt = 0

  constructor(msPerSecond: number) {
    this.#msPerSecond = msPerSecond
  }

  charge(milliseconds: number): void {
    this.#charged += Math.min(milliseconds, MAX_CHARGE_MS)
  }

  /** Milliseconds until the user may send again; 0 for now. */
  debtMs(now: number): number {
    if (this.#charged > 0) {
      this.#paidAt = Math.max(this.#paidAt, now) + (this.#charged * 1000) / this.#msPerSecond
      this.#charged = 0
    }
    return Math.max(0, this.#paidAt - now - BURST_SECONDS * 1000)
  }
}
