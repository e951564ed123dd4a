const NEXT_KEY = 'next-channel'
const MAX_CHANNEL = 0xffffffff
const FIRST_BLOCK = 16
const LARGEST_BLOCK = 1024

/**
 * Gives each channel number once, also over hibernation and restarts (docs/PROTOCOL.md, U2).
 * Numbers are reserved in storage by the block. What is left of a block when the shard
 * hibernates is lost, so blocks start small and grow with use: a busy shard writes once in
 * a thousand opens, and a quiet one that hibernates between opens does not use up the u32.
 */
export class ChannelNumbers {
  readonly #storage: SyncKvStorage
  #next = 0
  #reserved = 0
  #block = FIRST_BLOCK

  constructor(storage: SyncKvStorage) {
    this.#storage = storage
  }

  take(): number {
    if (this.#next === this.#reserved) this.#reserve()
    return this.#next++
  }

  #reserve(): void {
    const next = this.#storage.get<number>(NEXT_KEY) ?? 1
    if (next + this.#block > MAX_CHANNEL) throw new Error('The shard has given away every channel number; rename it.')
    this.#storage.put(NEXT_KEY, next + this.#block)
    this.#next = next
    this.#reserved = next + this.#block
    this.#block = Math.min(this.#block * 2, LARGEST_BLOCK)
  }
}
