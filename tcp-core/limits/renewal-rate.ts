const WINDOW_MS = 60_000
/** A token lasts minutes at the least; each renewal costs a signature check. */
const RENEWALS_PER_MINUTE = 5

/** How often a session hands in a fresh token (docs/PROTOCOL.md, L7). */
export class RenewalRate {
  #endsAt = Number.NEGATIVE_INFINITY
  #count = 0

  /** Counts one. Milliseconds until the next may come if it is one too many, else 0. */
  take(now: number): number {
    if (now >= this.#endsAt) {
      this.#endsAt = now + WINDOW_MS
      this.#count = 0
    }
    return ++this.#count <= RENEWALS_PER_MINUTE ? 0 : this.#endsAt - now
  }
}
