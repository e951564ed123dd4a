import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FileFault } from './file-fault.ts'
import { makePrivateFile } from './private-files.ts'

/** Held as long as somebody keeps it. */
export interface DataLock {
  release(): void
}

/** SQLite's result code for a lock that another connection has. */
const BUSY = 5

/**
 * One core per data folder: two would each count seq by themselves. Held by a lock on a
 * SQLite file of its own, because the system gives it back however the process ends.
 * Throws if another core is there, and FileFault if the file cannot be had.
 */
export function lockDataFolder(folder: string): DataLock {
  const path = join(folder, 'core.lock')
  let file: DatabaseSync | undefined
  try {
    makePrivateFile(path)
    file = new DatabaseSync(path)
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    file?.close()
    const { errcode } = cause as { errcode?: number }
    if (errcode === BUSY) throw new Error(`another core is running on the data folder ${folder}; choose another with --data`, { cause })
    throw FileFault.of(path, cause, 'delete it: it holds nothing')
  }
  const held = file
  return { release: () => held.close() }
}
