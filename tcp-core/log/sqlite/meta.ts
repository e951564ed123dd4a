import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { type LogIdentity, logMark, randomEpoch } from '../log-identity.ts'

/** Messages that may have been lost by going back to a backup: their ids are not given again. */
const SKIPPED_IDS = 2 ** 32

/** Reads the identity, made if the log is new. A backup that is opened to be written is a new incarnation (Y6). */
export function openIdentity(database: DatabaseSync): LogIdentity {
  const restoredFrom = readMeta(database, 'backup_of')
  if (readMeta(database, 'id_prefix') === undefined) writeMeta(database, 'id_prefix', randomBytes(4).toString('hex'))
  const prefix = readMeta(database, 'id_prefix') ?? ''
  const { application_id: mark } = database.prepare('PRAGMA application_id').get() as { application_id: number }
  if (mark !== logMark(prefix)) database.exec(`PRAGMA application_id = ${logMark(prefix)}`)
  if (restoredFrom !== undefined) {
    const { id } = database.prepare('SELECT max(id) AS id FROM message').get() as { id: number | null }
    database.exec('BEGIN')
    writeMeta(database, 'incarnation', String(randomEpoch()))
    writeMeta(database, 'last_given_id', String((id ?? 0) + SKIPPED_IDS))
    database.exec("DELETE FROM meta WHERE key = 'backup_of'; COMMIT")
  }
  return { ...readIdentity(database), restoredFrom }
}

/** The identity of a log that somebody else has opened for writing. */
export function readIdentity(database: DatabaseSync): LogIdentity {
  return {
    idPrefix: readMeta(database, 'id_prefix') ?? '',
    incarnation: Number(readMeta(database, 'incarnation') ?? 0),
    lastGivenId: Number(readMeta(database, 'last_given_id') ?? 0),
    restoredFrom: undefined,
  }
}

/** Marks a copy as a backup: whoever opens it as a log shall know that it may have gone back. */
export function markBackup(database: DatabaseSync, at: Date): void {
  writeMeta(database, 'backup_of', at.toISOString())
}

export function readMeta(database: DatabaseSync, key: string): string | undefined {
  return (database.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: string } | undefined)?.value
}

export function writeMeta(database: DatabaseSync, key: string, value: string): void {
  database.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(key, value)
}
