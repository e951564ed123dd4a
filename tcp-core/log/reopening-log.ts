import { RequestError } from '../../shared/errors.ts'
import type { LogRules } from './log-rules.ts'
import { SqliteLog } from './sqlite-log.ts'
import { StorageError, storageFault } from './storage-fault.ts'

/** The log as long as its file can be had. What fails throws StorageError. */
export class ReopeningLog {
  readonly #path: string
  readonly #rules: LogRules
  #log: SqliteLog | undefined

  /** Throws the database's own error if there is no log to begin with. */
  constructor(path: string, rules: LogRules) {
    this.#path = path
    this.#rules = rules
    this.#log = new SqliteLog(path, rules)
  }

  get identity() {
    return this.#open().identity
  }

  get lastMessage(): number {
    return this.#open().lastMessage
  }

  run<T>(work: (log: SqliteLog) => T): T {
    try {
      return work(this.#open())
    } catch (error) {
      throw this.#fault(error)
    }
  }

  /**
   * Finds out whether the log can be written again. Where it cannot, the file may be another
   * one by now (a volume mounted anew), so it is opened once more; only if that is no better
   * are both given up, because connections of one process share what they know of a file.
   * Meanwhile the old connection goes on being read.
   */
  probe(): void {
    try {
      this.#open().probe()
    } catch (error) {
      const fault = this.#fault(error)
      if (fault instanceof StorageError && fault.fault.kind === 'disk-full') throw fault
      if (this.#replace()) return
      this.close()
      this.run((log) => log.probe())
    }
  }

  close(): void {
    this.#log?.close()
    this.#log = undefined
  }

  #open(): SqliteLog {
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
    return true
  }

  /** What the rules refuse is no fault of the file's. */
  #fault(error: unknown): StorageError | RequestError {
    if (error instanceof RequestError) return error
    return error instanceof StorageError ? error : new StorageError(storageFault(error, this.#path))
  }
}
