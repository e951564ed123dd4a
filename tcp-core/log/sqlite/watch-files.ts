import { StorageError, type StorageFault } from '../storage-fault.ts'
import type { ReopeningLog } from './reopening-log.ts'

const LOOK_MS = 1000

/** Tells of files that are gone also while nothing is written, until the returned function is called: a log that is closed has none. */
export function watchFiles(log: ReopeningLog, tell: (fault: StorageFault) => void): () => void {
  const timer = setInterval(() => {
    try {
      log.check()
    } catch (error) {
      if (error instanceof StorageError) tell(error.fault)
    }
  }, LOOK_MS).unref()
  return () => clearInterval(timer)
}
