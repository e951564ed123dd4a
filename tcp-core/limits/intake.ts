/** Somebody who can be asked to wait. */
interface Source {
  pause(): void
  resume(): void
}

/** Bytes of memory in entries that wait for the disk: reading from senders stops at the one, goes on at the other. */
const HIGH_BYTES = 32 * 1024 * 1024
const LOW_BYTES = 8 * 1024 * 1024

/**
 * Holds senders back while the log is behind: their bytes wait in their own sockets instead
 * of the core's memory, and are read many at a time afterwards, which is what lets a core
 * that is behind catch up.
 */
export class Intake {
  readonly #held = new Set<Source>()
  #pendingBytes = 0

  /** What waits for the disk. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /** Called with every entry that is given to the log, and whose it is if somebody waits for it. */
  took(bytes: number, source: Source | undefined): void {
    this.#pendingBytes += bytes
    if (!source || this.#pendingBytes < HIGH_BYTES || this.#held.has(source)) return
    this.#held.add(source)
    source.pause()
  }

  /** Called when the entry has been settled. */
  settled(bytes: number): void {
    this.#pendingBytes -= bytes
    if (this.#held.size === 0 || this.#pendingBytes > LOW_BYTES) return
    for (const source of this.#held) source.resume()
    this.#held.clear()
  }
}
