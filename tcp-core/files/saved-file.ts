import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Clock } from '../time/clock.ts'

const RETRY_MS = 5_000

/**
 * A small file that is written as a whole and whole or not at all. What the disk does not take
 * stays in memory and is tried again until it does.
 */
export class SavedFile {
  readonly #path: string
  readonly #content: () => string
  readonly #clock: Clock
  readonly #logger: Logger
  #retrying = false
  #isSaved = true

  /** `content` is what the file is to hold at that moment. */
  constructor(path: string, content: () => string, { clock, logger }: { clock: Clock; logger: Logger }) {
    this.#path = path
    this.#content = content
    this.#clock = clock
    this.#logger = logger
  }

  /** Whether the disk took it the last time. */
  get isSaved(): boolean {
    return this.#isSaved
  }

  /** Writes it now. False if the disk did not take it. */
  save(): boolean {
    try {
      const draft = `${this.#path}.new`
      const file = openSync(draft, 'w', 0o600)
      try {
        writeSync(file, this.#content())
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(draft, this.#path)
      this.#isSaved = true
      return true
    } catch (error) {
      if (this.#isSaved) this.#logger.warn({ err: error, file: this.#path }, 'a file could not be saved; it is tried again')
      this.#isSaved = false
      this.#retry()
      return false
    }
  }

  #retry(): void {
    if (this.#retrying) return
    this.#retrying = true
    this.#clock.after(RETRY_MS, () => {
      this.#retrying = false
      if (this.#isSaved || this.save()) this.#logger.info({ file: this.#path }, 'the file is saved')
    })
  }
}
