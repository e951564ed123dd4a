import { RequestError } from '../../../shared/errors.ts'
import type { LogIdentity } from '../log-identity.ts'
import type { LogRules } from '../log-rules.ts'
import { StorageError, storageFault } from '../storage-fault.ts'
import { holdsAll, LogFiles } from './log-files.ts'
import { SqliteLog } from './sqlite-log.ts'

/** What another file must have to be the same log. */
interface Content {
  readonly identity: LogIdentity
  readonly lastMessage: number
}

/** The log as long as its file can be had. What fails throws StorageError. */
export class ReopeningLog {
  readonly #path: string
  readonly #rules: LogRules
  #log: SqliteLog | undefined
  #files: LogFiles
  /** Of the log that was closed, while there is none. */
  #kept: Content

  /** Throws the database's own error if there is no log to begin with. */
  constructor(path: string, rules: LogRules) {
    this.#path = path
    this.#rules = rules
    this.#log = new SqliteLog(path, rules)
    this.#files = new LogFiles(path, this.#log.identity)
    this.#kept = this.#content()
  }

  get identity() {
    return this.#open().identity
  }

  get lastMessage(): number {
    return this.#open().lastMessage
  }

  /**
   * For what is written: before it, and before anybody hears that it is stored, the files have
   * to be those that lie under the log's names.
   */
  run<T>(work: (log: SqliteLog) => T): T {
    this.check()
    const result = this.read(work)
    this.check()
    return result
  }

  /** Also from files that are deleted. */
  read<T>(work: (log: SqliteLog) => T): T {
    try {
      return work(this.#open())
    } catch (error) {
      throw this.#fault(error)
    }
  }

  /** Throws StorageError where what is written would not be found under the log's name. */
  check(): void {
    const fault = this.#files.fault()
    if (fault) throw new StorageError(fault)
  }

  /**
   * Finds out whether the log can be written again. Where it cannot, the file may be another
   * one by now (a volume mounted anew), so it is opened once more; only if that is no better
   * are both given up, because connections of one process share what they know of a file.
   * Meanwhile the old connection goes on being read.
   */
  probe(): void {
    const lost = this.#files.fault()
    if (lost && !this.#takeUp()) throw new StorageError(lost)
    try {
      this.#open().probe()
    } catch (error) {
      const fault = this.#fault(error)
      if (fault instanceof StorageError && fault.fault.kind === 'disk-full') throw fault
      if (this.#replace()) return
      this.#kept = this.#content()
      this.#log?.close()
      this.#log = undefined
      this.read((log) => log.probe())
      this.#renewFiles()
    }
  }

  close(): void {
    this.#log?.close()
    this.#log = undefined
    this.#files.release()
  }

  /** Never makes a new log in the place of one that is gone. */
  #open(): SqliteLog {
    if (!this.#log && !this.#files.isMain()) this.check()
    this.#log ??= new SqliteLog(this.#path, this.#rules)
    return this.#log
  }

  #replace(): boolean {
    let other: SqliteLog | undefined
    try {
      other = new SqliteLog(this.#path, this.#rules)
      other.probe()
    } catch {
      other?.close()
      return false
    }
    this.#log?.close()
    this.#log = other
    this.#renewFiles()
    return true
  }

  /** Goes on with what lies under the log's names, if nothing that was stored is missing there. */
  #takeUp(): boolean {
    try {
      if (!this.#files.isMain()) {
        const { identity, lastMessage } = this.#content()
        return this.#files.isAnother() && holdsAll(this.#path, identity, lastMessage) && this.#replace()
      }
      // Only what lies beside it is gone. The WAL is still open: all of it goes into the log itself.
      this.#open().checkpoint()
      this.#log?.close()
      this.#log = undefined
      this.#open()
      this.#renewFiles()
      return true
    } catch {
      return false
    }
  }

  #content(): Content {
    return this.#log ? { identity: this.#log.identity, lastMessage: this.#log.lastMessage } : this.#kept
  }

  #renewFiles(): void {
    const former = this.#files
    this.#files = new LogFiles(this.#path, this.#open().identity)
    former.release()
  }

  /** What the rules refuse is no fault of the file's. */
  #fault(error: unknown): StorageError | RequestError {
    if (error instanceof RequestError) return error
    return error instanceof StorageError ? error : new StorageError(storageFault(error, this.#path))
  }
}
