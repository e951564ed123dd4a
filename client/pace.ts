/** From a line that is well to one that carries one message in a while. A limit of 0 leaves it to the server (Y1, Y2). */
const STEPS = [
  { limit: 0, pullsAtOnce: 8, patience: 1 },
  { limit: 12, pullsAtOnce: 2, patience: 2 },
  { limit: 3, pullsAtOnce: 1, patience: 4 },
  { limit: 1, pullsAtOnce: 1, patience: 8 },
] as const
/** A full page that took this part of its time shows that the next faster step would do. */
const QUICK = 1 / 32

/**
 * How much is pulled at a time, and how long it is waited for. An answer that is too much for
 * a slow line would be cut off and asked for again for ever: each one that does not come in
 * time makes the next ones smaller. Kept over reconnects, which follow such an end.
 */
export class Pace {
  readonly #timeoutMs: number
  #step = 0

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Messages of a page, or conversations of a list. */
  get limit(): number {
    return this.#now.limit
  }

  /** Conversations that are pulled at the same time. */
  get pullsAtOnce(): number {
    return this.#now.pullsAtOnce
  }

  get timeoutMs(): number {
    return this.#timeoutMs * this.#now.patience
  }

  timedOut(): void {
    this.#step = Math.min(this.#step + 1, STEPS.length - 1)
  }

  /** A page came with as much as was asked for. One with less shows nothing: the next may be long again. */
  filled(tookMs: number): void {
    if (tookMs < this.timeoutMs * QUICK) this.#faster()
  }

  /** All of a sync came in time. Nothing slower is gone back to without something having been got: no end of the line starts it all over. */
  synced(): void {
    this.#faster()
  }

  #faster(): void {
    this.#step = Math.max(this.#step - 1, 0)
  }

  get #now() {
    return STEPS[this.#step] as (typeof STEPS)[number]
  }
}
