/** An append that came this long ago is taken to have been the last for now. */
const QUIET_MS = 20
/** Behind by more entries than this the index is not left behind any further. */
const FAR_BEHIND = 50_000
/** Then it takes its turns while messages come, at these intervals. */
const INSISTING_MS = 25
const RETRY_MS = 10_000

/** Does the index's work where it costs nobody time: in small slices, while no message wants to be stored. */
export class SearchIndexer {
  readonly #slice: () => boolean
  #timer: NodeJS.Timeout | undefined
  #appendedAt = 0
  /** Entries that came since it last was up to date. */
  #behind = 0

  /** `slice` says whether there is more to do. */
  constructor(slice: () => boolean) {
    this.#slice = slice
    this.#wake(0)
  }

  appended(entries: number): void {
    this.#appendedAt = performance.now()
    this.#behind += entries
    this.#wake(QUIET_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #wake(inMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#turn()
    }, inMs)
  }

  #turn(): void {
    const quietIn = this.#appendedAt + QUIET_MS - performance.now()
    const insists = this.#behind > FAR_BEHIND
    if (quietIn > 0 && !insists) return this.#wake(quietIn)
    try {
      if (this.#slice()) return this.#wake(quietIn > 0 ? INSISTING_MS : 0)
      this.#behind = 0
    } catch {
      // The log's own fault is told by whoever else needs it; the index comes after it.
      this.#wake(RETRY_MS)
    }
  }
}
