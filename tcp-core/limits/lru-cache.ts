/** A map that forgets what was used longest ago once it holds more than its limit, or its keys more bytes than theirs. */
export class LruCache<K, V> {
  readonly #limit: number
  readonly #maxKeyBytes: number
  readonly #entries = new Map<K, V>()
  #keyBytes = 0

  /** Names that clients choose have a bound in bytes besides their count; of others the count says enough. */
  constructor(limit: number, maxKeyBytes: number = Number.POSITIVE_INFINITY) {
    this.#limit = limit
    this.#maxKeyBytes = maxKeyBytes
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    // As long as there is much room nothing is forgotten, and the order need not be kept.
    if (value !== undefined && (this.#entries.size > this.#limit / 2 || this.#keyBytes > this.#maxKeyBytes / 2)) {
      this.#entries.delete(key)
      this.#entries.set(key, value)
    }
    return value
  }

  set(key: K, value: V): void {
    this.delete(key)
    this.#entries.set(key, value)
    this.#keyBytes += bytesOf(key)
    if (this.#entries.size <= this.#limit && this.#keyBytes <= this.#maxKeyBytes) return
    for (const oldest of this.#entries.keys()) {
      this.delete(oldest)
      if (this.#entries.size <= this.#limit && this.#keyBytes <= this.#maxKeyBytes) break
    }
  }

  delete(key: K): void {
    if (this.#entries.delete(key)) this.#keyBytes -= bytesOf(key)
  }

  clear(): void {
    this.#entries.clear()
    this.#keyBytes = 0
  }
}

/** A character may take two. */
function bytesOf(key: unknown): number {
  return typeof key === 'string' ? key.length * 2 : 0
}
