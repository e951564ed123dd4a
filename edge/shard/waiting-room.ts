/** Bytes that a socket without a session may have waiting for a core (docs/PROTOCOL.md, U9). */
const MAX_WAITING_BYTES = 16 * 1024
const PREFIX = 'waiting/'

/**
 * What browsers without a session sent while no core was there. It is in storage, because the
 * shard may hibernate before the core comes back.
 */
export class WaitingRoom {
  readonly #storage: SyncKvStorage

  constructor(storage: SyncKvStorage) {
    this.#storage = storage
  }

  /** Keeps one message of the channel; false if there is no room for it. */
  keep(channel: number, message: ArrayBuffer): boolean {
    const waiting = this.#storage.get<ArrayBuffer[]>(PREFIX + channel) ?? []
    const bytes = waiting.reduce((sum, { byteLength }) => sum + byteLength, message.byteLength)
    if (bytes > MAX_WAITING_BYTES) return false
    this.#storage.put(PREFIX + channel, [...waiting, message])
    return true
  }

  /** Everything that waits, by channel and in order. */
  *all(): Generator<{ channel: number; messages: ArrayBuffer[] }> {
    for (const [key, messages] of this.#storage.list<ArrayBuffer[]>({ prefix: PREFIX })) {
      yield { channel: Number(key.slice(PREFIX.length)), messages }
    }
  }

  forget(channel: number): void {
    this.#storage.delete(PREFIX + channel)
  }

  clear(): void {
    for (const [key] of [...this.#storage.list({ prefix: PREFIX })]) this.#storage.delete(key)
  }
}
