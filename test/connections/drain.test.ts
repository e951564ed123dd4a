import { expect, test } from 'vitest'
import { BACKOFF, describeDrain, drainUnderLoad } from '../soak/drain.ts'

const SPREAD_MS = 2000
/** Logins and the first sync on a machine that has other things to do. */
const SLACK_MS = 8000

/** With 1,000 clients: `node test/soak/drain.ts`. */
test('200 clients send while the core is stopped and started: nothing is lost or doubled, and all come back in time', {
  timeout: 60_000,
}, async () => {
  const report = await drainUnderLoad({ clients: 200, before: 10, after: 5, spreadMs: SPREAD_MS })
  console.log(describeDrain(report))
  expect(report.breaches).toEqual([])
  expect(report.exitStatus).toBe(0)
  expect(report.backMs).toHaveLength(200)
  // A client that comes back before the core does goes on with its own back-off.
  const due = Math.max(SPREAD_MS, report.stopMs + report.startMs) + 2 * BACKOFF.maxMs
  expect(report.backMs.at(-1)).toBeLessThan(due + SLACK_MS)
})
