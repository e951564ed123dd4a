import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Held as long as somebody keeps it. */
export interface DataLock {
  release(): void
}

/**
 * One core per data folder: two would each count seq by themselves. Held by a lock on a
 * SQLite file of its own, because the system gives it back however the process ends.
 * Throws if another core is there.
 */
export function lockDataFolder(folder: string): DataLock {
  const file = new DatabaseSync(join(folder, 'core.lock'))
  try {
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    file.close()
    throw new Error(`another core is running on the data folder ${folder}; choose another with --data`, { cause })
  }
  return { release: () => file.close() }
}
