/** How long a client waits between attempts to connect (E2a), in milliseconds. */
export interface BackoffOptions {
  /** The first wait is at most this long; the next ones twice as long each. */
  readonly baseMs: number
  /** No wait is longer. */
  readonly maxMs: number
}

/**
 * Full jitter (docs/PROTOCOL.md, E2): each wait is anywhere between nothing and a ceiling that
 * doubles, so that the clients of a server that went away do not come back all at once.
 */
export class Backoff {
  readonly #options: BackoffOptions
  readonly #random: () => number
  #attempts = 0

  constructor(options: BackoffOptions, random: () => number) {
    this.#options = options
    this.#random = random
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ceiling = Math.min(this.#options.maxMs, this.#options.baseMs * 2 ** this.#attempts)
    this.#attempts++
    return this.#random() * ceiling
  }

  reset(): void {
    this.#attempts = 0
  }
}
