import { expect, test } from 'vitest'
import { describeDrain, drainUnderLoad } from '../soak/drain.ts'

/** A restart, on a machine that has other things to do. */
const RETURN_MS = 5000
const SPREAD_MS = 2000
/** Logins and the first sync there: the spread has room for them, but promises none on a machine so busy. */
const SLACK_MS = 5000

/** With 1,000 clients: `node test/soak/drain.ts`. */
test('200 clients send while the core is stopped and started: nothing is lost or doubled, and all come back in time', {
  timeout: 60_000,
}, async () => {
  const report = await drainUnderLoad({ clients: 200, before: 10, after: 5, returnMs: RETURN_MS, spreadMs: SPREAD_MS })
  console.log(describeDrain(report))
  expect(report.breaches).toEqual([])
  expect(report.exitStatus).toBe(0)
  expect(report.awayMs).toHaveLength(200)
  expect(report.awayMs[0]).toBeGreaterThanOrEqual(RETURN_MS)
  expect(report.spareMs).toBeGreaterThan(-SLACK_MS)
})
