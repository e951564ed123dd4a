/** Somebody who can be asked to wait. */
interface Source {
  pause(): void
  resume(): void
}

/** Bytes of content waiting for the disk: reading from senders stops at the one, goes on at the other. */
const HIGH_BYTES = 32 * 1024 * 1024
const LOW_BYTES = 8 * 1024 * 1024

/**
 * Holds senders back while the log is behind: their bytes wait in their own sockets instead
 * of the core's memory.
 */
export class Intake {
  readonly #held = new Set<Source>()

  /** Called with every message that is given to the log. */
  took(source: Source, pendingBytes: number): void {
    if (pendingBytes < HIGH_BYTES || this.#held.has(source)) return
    this.#held.add(source)
    source.pause()
  }

  /** Called when a message has been settled. */
  settled(pendingBytes: number): void {
    if (this.#held.size === 0 || pendingBytes > LOW_BYTES) return
    for (const source of this.#held) source.resume()
    this.#held.clear()
  }
}
