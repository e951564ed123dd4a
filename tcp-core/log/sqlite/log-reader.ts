import { DatabaseSync } from 'node:sqlite'
import type { LogRules } from '../log-rules.ts'
import { LogReads } from '../reads/log-reads.ts'
import { sqliteRows } from './log-rows.ts'
import { readIdentity } from './meta.ts'
import { Tables } from './tables.ts'

/** While the log's file is being made anew by a checkpoint or a migration. */
const BUSY_MS = 1000

/** The log's file opened for reading only, beside whoever writes it. */
export class LogReader {
  readonly #database: DatabaseSync
  readonly #reads: LogReads

  /** Throws the database's own error. */
  constructor(path: string, rules: LogRules) {
    this.#database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS })
    try {
      this.#database.exec('PRAGMA cache_size = -16384')
      // What a row says may change at any time: nothing is kept of it from one call to the next.
      const tables = new Tables(this.#database, { cached: false })
      this.#reads = new LogReads(sqliteRows(this.#database, tables), readIdentity(this.#database), { rules, now: Date.now })
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** Does the work on the log as it is at this moment, whatever is committed meanwhile. */
  snapshot<T>(work: (reads: LogReads) => T): T {
    this.#database.exec('BEGIN')
    try {
      return work(this.#reads)
    } finally {
      if (this.#database.isTransaction) this.#database.exec('COMMIT')
    }
  }

  close(): void {
    this.#database.close()
  }
}
