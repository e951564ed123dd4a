import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { makePrivateFile } from '../../files/private-files.ts'
import type { BackupReport } from '../log-store.ts'
import { markBackup } from './meta.ts'

/** All pages in one step: SQLite begins a copy anew whenever another connection writes between two. */
const ALL_PAGES = 2 ** 31 - 1

/**
 * Copies the log at `path`, which may be in use, into the new file `to`. It is there under
 * its name only when it is whole and on disk. Rejects with the system's error, and with
 * EEXIST where there is such a file.
 */
export async function backupLog(path: string, to: string): Promise<BackupReport> {
  const start = performance.now()
  if (existsSync(to)) throw Object.assign(new Error(`${to} is there already`), { code: 'EEXIST' })
  const partial = `${to}.partial`
  rmSync(partial, { force: true })
  // A connection that can only read: in a WAL it sees one moment of the log, and no writer waits for it.
  const log = new DatabaseSync(path, { readOnly: true })
  try {
    makePrivateFile(partial)
    await backup(log, partial, { rate: ALL_PAGES })
    mark(partial)
    renameSync(partial, to)
  } catch (error) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(partial + suffix, { force: true })
    throw error
  } finally {
    log.close()
  }
  return { path: to, bytes: statSync(to).size, milliseconds: Math.round(performance.now() - start) }
}

/** Leaves the copy as one file, without a WAL beside it. */
function mark(path: string): void {
  const copy = new DatabaseSync(path)
  try {
    copy.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL')
    markBackup(copy, new Date())
  } finally {
    copy.close()
  }
}
