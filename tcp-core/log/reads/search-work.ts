/** What one search may take of a reader's thread, in microseconds as they were measured (docs/DECISIONS.md): its answer then ends early. */
const ENOUGH = 12_000
const FIND = 40
const FIND_WORD = 10
const READ = 8
const BYTES_READ_A_MICROSECOND = 1500
const BYTES_COMPARED_A_MICROSECOND = 30

/** Counts what a search has done. By what is done and not by a clock, so that the same search always gives the same pages. */
export class SearchWork {
  #done = 0

  get isEnough(): boolean {
    return this.#done >= ENOUGH
  }

  /** The index was asked for so many words. */
  found(words: number): void {
    this.#done += FIND + words * FIND_WORD
  }

  read(bytes: number): void {
    this.#done += READ + bytes / BYTES_READ_A_MICROSECOND
  }

  compared(bytes: number): void {
    this.#done += bytes / BYTES_COMPARED_A_MICROSECOND
  }
}
