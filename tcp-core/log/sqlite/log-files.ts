import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { type LogIdentity, logMark } from '../log-identity.ts'
import type { StorageFault } from '../storage-fault.ts'
import { readMeta } from './meta.ts'

const SUFFIXES = ['', '-wal', '-shm'] as const
/** SQLite cuts the WAL back to this when it begins it anew (journal_size_limit); else it only grows. */
const WAL_KEPT = 67_108_864
/** Of the file's header (https://sqlite.org/fileformat.html): magic, page size and formats; the change counter; the application id. */
const HEADER_BYTES = 100
const FORMAT_BYTES = 20
const COUNTER_AT = 24
const APPLICATION_AT = 68

/**
 * Whether the files that the log has open are those that lie under its names. A file that was
 * deleted, moved, replaced or cut off goes on taking what is written, and it is gone with the
 * process. Three calls of `stat` and a read of 100 bytes, 4 us together, find that out.
 */
export class LogFiles {
  readonly #path: string
  readonly #mark: number
  readonly #seen = new Map<string, Stats>()
  /** Held as long as the log: closing it would take SQLite's locks on the file away. */
  #file: number | undefined
  readonly #header = Buffer.alloc(HEADER_BYTES)
  readonly #read = Buffer.alloc(HEADER_BYTES)

  /** For a log that has just been opened. */
  constructor(path: string, identity: LogIdentity) {
    this.#path = path
    this.#mark = logMark(identity.idPrefix)
    for (const suffix of SUFFIXES) this.#seen.set(suffix, statSync(path + suffix))
    this.#file = openSync(path, 'r')
    readSync(this.#file, this.#header, 0, HEADER_BYTES, 0)
  }

  /** What is wrong, if anything is. */
  fault(): StorageFault | undefined {
    for (const suffix of SUFFIXES) {
      const message = this.#change(suffix)
      if (message) return { kind: suffix === '' ? 'missing' : 'wal-missing', message: `${this.#path}${suffix} ${message}` }
    }
    return undefined
  }

  /** The log itself is right, and only files that SQLite keeps beside it are not. */
  isMain(): boolean {
    return this.#change('') === undefined
  }

  /**
   * Whether another log lies there with files of its own, and may be looked into. Not where
   * the one that is open was written over, nor beside its WAL: SQLite would read the two as one.
   */
  isAnother(): boolean {
    const now = statSync(this.#path, { throwIfNoEntry: false })
    return now !== undefined && now.size > 0 && !this.#isOpen('', now) && !this.#isOpen('-wal')
  }

  /** Once the log is closed, or opened by another file. */
  release(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #change(suffix: (typeof SUFFIXES)[number]): string | undefined {
    const before = this.#seen.get(suffix) as Stats
    const now = statSync(this.#path + suffix, { throwIfNoEntry: false })
    if (!now) return 'is gone'
    if (!this.#isOpen(suffix, now)) return 'is another file than the one that is open'
    const mayShrink = suffix === '-shm' || (suffix === '-wal' && before.size > WAL_KEPT)
    if (now.size < before.size && !mayShrink) return `was cut off: it has ${now.size} bytes and had ${before.size}`
    if (suffix === '' && !this.#isContinued()) return 'was written over by another program'
    this.#seen.set(suffix, now)
    return undefined
  }

  #isOpen(suffix: (typeof SUFFIXES)[number], now = statSync(this.#path + suffix, { throwIfNoEntry: false })): boolean {
    const open = this.#seen.get(suffix) as Stats
    return now?.ino === open.ino && now.dev === open.dev
  }

  /** The header of the same log, as it was or later. */
  #isContinued(): boolean {
    const [before, now] = [this.#header, this.#read]
    if (readSync(this.#file as number, now, 0, HEADER_BYTES, 0) < HEADER_BYTES) return false
    if (now.equals(before)) return true
    if (before.compare(now, 0, FORMAT_BYTES, 0, FORMAT_BYTES) !== 0) return false
    if (now.readUInt32BE(COUNTER_AT) < before.readUInt32BE(COUNTER_AT)) return false
    const application = now.readInt32BE(APPLICATION_AT)
    if (application !== before.readInt32BE(APPLICATION_AT) && application !== this.#mark) return false
    now.copy(before)
    return true
  }
}

/**
 * Whether the file under the log's name is that log with all that was stored: not another
 * one, nor a backup, to which a core goes back only by a start. Throws the database's error.
 */
export function holdsAll(path: string, identity: LogIdentity, lastMessage: number): boolean {
  const file = new DatabaseSync(path, { readOnly: true })
  try {
    const { id } = file.prepare('SELECT max(id) AS id FROM message').get() as { id: number | null }
    return (
      readMeta(file, 'id_prefix') === identity.idPrefix &&
      Number(readMeta(file, 'incarnation') ?? 0) === identity.incarnation &&
      readMeta(file, 'backup_of') === undefined &&
      (id ?? 0) >= lastMessage
    )
  } finally {
    file.close()
  }
}
