import { statSync } from 'node:fs'
import { verifyLog } from './log/sqlite/verify-log.ts'

/** Checks a log or a backup without a core: one line of JSON, and status 1 if it could not be read. */
try {
  const [path = ''] = process.argv.slice(2)
  // SQLite would only say that it cannot open it.
  statSync(path)
  process.stdout.write(`${JSON.stringify({ event: 'verified', ...verifyLog(path) })}\n`)
} catch (error) {
  process.stderr.write(`hawser verify: ${(error as Error).message}\n`)
  process.exitCode = 1
}
