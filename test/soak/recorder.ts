import { createWriteStream, type WriteStream } from 'node:fs'
import type { HistoryRecord } from '../../client/history-file.ts'

/** Writes a history down as it happens, a line of JSON each (docs/OPERATIONS.md, "Checking a history"). */
export class Recorder {
  readonly path: string
  readonly #stream: WriteStream
  /** Lines by type. */
  readonly counts: Record<HistoryRecord['type'], number> = { ack: 0, receive: 0, discontinuity: 0, log: 0, member: 0 }

  constructor(path: string) {
    this.path = path
    this.#stream = createWriteStream(path)
  }

  write(record: HistoryRecord): void {
    this.counts[record.type]++
    this.#stream.write(`${JSON.stringify(record)}\n`)
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve))
  }
}
