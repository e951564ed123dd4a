import { SqliteLog } from './sqlite-log.ts'
import { StorageError, storageFault } from './storage-fault.ts'

/** The log as long as its file can be had. What fails throws StorageError. */
export class ReopeningLog {
  readonly #path: string
  #log: SqliteLog | undefined

  /** Throws the database's own error if there is no log to begin with. */
  constructor(path: string) {
    this.#path = path
    this.#log = new SqliteLog(path)
  }

  get identity() {
    return this.#open().identity
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
      if (fault.fault.kind === 'disk-full') throw fault
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
    this.#log ??= new SqliteLog(this.#path)
    return this.#log
  }

  #replace(): boolean {
    let other: SqliteLog | undefined
    try {
      other = new SqliteLog(this.#path)
      other.probe()
    } catch {
      other?.close()
      return false
    }
    this.#log?.close()
    this.#log = other
    return true
  }

  #fault(error: unknown): StorageError {
    return error instanceof StorageError ? error : new StorageError(storageFault(error, this.#path))
  }
}
