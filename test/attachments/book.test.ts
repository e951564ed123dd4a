import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { BookLimits, Entry, Exceeded } from '../../edge/worker/attachments/book-limits.ts'

vi.mock('cloudflare:workers', () => ({ DurableObject: class {} }))
/** Of a module for Workers, whose types these tests do not have. */
interface Book {
  exceeded(name: string, bytes: number, limits: BookLimits): Exceeded | undefined
  begin(entry: Entry, limits: BookLimits): Exceeded | undefined
  end(name: string, id: string, isKept: boolean, limits: BookLimits): void
}
const bookModule = '../../edge/worker/attachments/book.ts'
const { AttachmentBook } = (await import(bookModule)) as { AttachmentBook: new (ctx: unknown, env: unknown) => Book }

const HOUR_MS = 3_600_000
const LIMITS: BookLimits = { day: 100, total: 1000, atOnce: 2, keptDays: Number.POSITIVE_INFINITY }

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 30, 10, 20) }))
afterEach(() => void vi.useRealTimers())

/** A book on SQLite in memory, as the runtime would give it one. */
function book() {
  const database = new DatabaseSync(':memory:')
  const exec = (query: string, ...values: (string | number)[]) => {
    if (values.length === 0) return database.exec(query)
    const rows = database.prepare(query).all(...values)
    return Object.assign(rows, { one: () => rows[0] })
  }
  const made = new AttachmentBook({ storage: { sql: { exec } } }, {})
  const rows = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n
  return { book: made, rows }
}

const entry = (id: string, bytes: number, name = 'alice') => ({ name, id, bytes, until: Date.now() + HOUR_MS })

it('what was uploaded counts for a day that rolls by the hour, and in all for ever', () => {
  const { book: it, rows } = book()
  for (let hour = 0; hour < 10; hour++) {
    expect(it.begin(entry(`${hour}`, 10), LIMITS)).toBe(undefined)
    it.end('alice', `${hour}`, true, LIMITS)
    vi.advanceTimersByTime(HOUR_MS)
  }
  expect(it.exceeded('alice', 1, LIMITS)).toBe('day')
  expect(it.exceeded('bob', 100, LIMITS)).toBe(undefined)
  vi.advanceTimersByTime(14 * HOUR_MS)
  expect([1, 10, 11].map((bytes) => it.exceeded('alice', bytes, LIMITS))).toEqual([undefined, undefined, 'day'])
  vi.advanceTimersByTime(240 * HOUR_MS)
  expect(it.exceeded('alice', 100, LIMITS)).toBe(undefined)
  expect(it.exceeded('alice', 100, { ...LIMITS, total: 199 })).toBe('total')
  expect([rows('hours'), rows('days'), rows('under_way')]).toEqual([0, 1, 0])
})

it('where files are deleted at an age, bytes count in all until then', () => {
  const { book: it } = book()
  const limits = { ...LIMITS, total: 100, keptDays: 3 }
  it.begin(entry('a', 100), limits)
  it.end('alice', 'a', true, limits)
  vi.advanceTimersByTime(48 * HOUR_MS)
  expect(it.exceeded('alice', 1, limits)).toBe('total')
  vi.advanceTimersByTime(24 * HOUR_MS)
  expect(it.exceeded('alice', 100, limits)).toBe(undefined)
})

it('what was not kept does not count; what was forgotten counts and is under way no more', () => {
  const { book: it } = book()
  it.begin(entry('a', 60), LIMITS)
  it.begin(entry('b', 40), LIMITS)
  expect(it.begin(entry('c', 0), LIMITS)).toBe('at_once')
  it.end('alice', 'b', false, LIMITS)
  it.end('alice', 'b', false, LIMITS)
  expect([40, 41].map((bytes) => it.exceeded('alice', bytes, LIMITS))).toEqual([undefined, 'day'])
  vi.advanceTimersByTime(HOUR_MS)
  expect(it.begin(entry('c', 0), LIMITS)).toBe(undefined)
  expect(it.begin(entry('d', 41), LIMITS)).toBe('day')
})
