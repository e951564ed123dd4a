import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ThreadedLog } from '../../tcp-core/log/sqlite/threaded-log.ts'

/** A folder for the test that is running. */
export function logFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hawser-log-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** A log that is closed when the test is over. */
export async function openLog(path: string): Promise<ThreadedLog> {
  const log = await ThreadedLog.open(path, {
    died: (error) => {
      throw error
    },
    faultChanged: () => {},
  })
  onTestFinished(() => log.close())
  return log
}
