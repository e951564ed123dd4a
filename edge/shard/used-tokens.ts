const PREFIX = 'token/'

/** The uplink tokens that have been used, each until it would be refused for its age anyway (docs/PROTOCOL.md, U1). */
export class UsedTokens {
  readonly #storage: SyncKvStorage

  constructor(storage: SyncKvStorage) {
    this.#storage = storage
  }

  /** Marks a token as used; false if it was. Times are in milliseconds since 1970. */
  use(tokenId: string, acceptableUntil: number, now: number): boolean {
    for (const [key, until] of [...this.#storage.list<number>({ prefix: PREFIX })]) {
      if (until < now) this.#storage.delete(key)
    }
    if (this.#storage.get(PREFIX + tokenId) !== undefined) return false
    this.#storage.put(PREFIX + tokenId, acceptableUntil)
    return true
  }
}
