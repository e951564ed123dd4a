import { DurableObject } from 'cloudflare:workers'
import type { BookLimits, Entry, Exceeded } from './book-limits.ts'

const HOUR_MS = 3_600_000
const HOURS_A_DAY = 24
const DAY_MS = HOURS_A_DAY * HOUR_MS

/**
 * The bytes that names have uploaded. A Durable Object, because a Worker keeps nothing: exact, and
 * there after a restart. A name has 25 rows of hours, one for each day that bytes count (one where they count for
 * ever), and one for each upload under way.
 */
export class AttachmentBook extends DurableObject {
  readonly #sql: SqlStorage

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env)
    this.#sql = ctx.storage.sql
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS hours (name TEXT, hour INTEGER, bytes INTEGER, PRIMARY KEY (name, hour)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS days (name TEXT, day INTEGER, bytes INTEGER, PRIMARY KEY (name, day)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS under_way (name TEXT, id TEXT, began INTEGER, bytes INTEGER, until INTEGER, PRIMARY KEY (name, id)) WITHOUT ROWID;
    `)
  }

  /** Whether so many bytes would be taken now; changes nothing. */
  exceeded(name: string, bytes: number, limits: BookLimits): Exceeded | undefined {
    const now = Date.now()
    this.#forget(name, limits, now)
    if (this.#sum('SELECT count(*) AS n FROM under_way WHERE name = ?', name) >= limits.atOnce) return 'at_once'
    if (this.#sum('SELECT sum(bytes) AS n FROM hours WHERE name = ?', name) + bytes > limits.day) return 'day'
    return this.#sum('SELECT sum(bytes) AS n FROM days WHERE name = ?', name) + bytes > limits.total ? 'total' : undefined
  }

  /** Takes an upload into the books, or says what is exceeded. */
  begin({ name, id, bytes, until }: Entry, limits: BookLimits): Exceeded | undefined {
    const exceeded = this.exceeded(name, bytes, limits)
    if (exceeded) return exceeded
    const now = Date.now()
    this.#add(name, bytes, now, limits.keptDays)
    this.#sql.exec('INSERT OR REPLACE INTO under_way VALUES (?, ?, ?, ?, ?)', name, id, now, bytes, until)
    return undefined
  }

  /** It is over. What was not kept does not count. */
  end(name: string, id: string, isKept: boolean, limits: BookLimits): void {
    const [row] = this.#sql.exec<{ began: number; bytes: number }>(
      'DELETE FROM under_way WHERE name = ? AND id = ? RETURNING began, bytes',
      name,
      id,
    )
    if (row && !isKept) this.#add(name, -row.bytes, row.began, limits.keptDays)
  }

  #add(name: string, bytes: number, at: number, keptDays: number): void {
    const add = (table: 'hours' | 'days', column: string, when: number) =>
      this.#sql.exec(
        `INSERT INTO ${table} VALUES (?, ?, ?) ON CONFLICT (name, ${column}) DO UPDATE SET bytes = max(0, bytes + excluded.bytes)`,
        name,
        when,
        bytes,
      )
    add('hours', 'hour', Math.floor(at / HOUR_MS))
    add('days', 'day', Number.isFinite(keptDays) ? Math.floor(at / DAY_MS) : 0)
  }

  /** Of an upload that its Worker forgot the bytes count: they may have been kept. */
  #forget(name: string, { keptDays }: BookLimits, now: number): void {
    this.#sql.exec('DELETE FROM under_way WHERE name = ? AND until <= ?', name, now)
    this.#sql.exec('DELETE FROM hours WHERE name = ? AND hour <= ?', name, Math.floor(now / HOUR_MS) - HOURS_A_DAY)
    // Day 0 is that of bytes which counted for ever when they came.
    if (Number.isFinite(keptDays)) this.#sql.exec('DELETE FROM days WHERE name = ? AND day <= ?', name, Math.floor(now / DAY_MS) - keptDays)
  }

  #sum(query: string, name: string): number {
    return this.#sql.exec<{ n: number | null }>(query, name).one().n ?? 0
  }
}
