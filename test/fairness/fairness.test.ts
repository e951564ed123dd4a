import { afterAll, beforeAll, expect, test } from 'vitest'
import { MIB } from '../support/process-memory.ts'
import { Arena } from './arena.ts'

/**
 * The dearest operations, each for a moment, with bounds that hold on a machine which is busy with other
 * tests: without fair turns bystanders waited for seconds. `node test/fairness/run.ts` plays all
 * operations, for longer and with strict bounds.
 */
const SECONDS = 1.5
const MOST_MS = 1000
const MOST_GROWTH_MIB = 128
const DEAREST = [
  'SYNC list of 500',
  'QUERY search, 170 Chinese characters',
  'QUERY search, 16 words',
  'change add and remove, 500',
  'SEND to 20,000',
  'DELIVER_ACK, as many positions as one may have',
]

let arena: Arena
beforeAll(async () => {
  arena = await Arena.open('tcp')
}, 90_000)
afterAll(() => arena?.close())

test.each(DEAREST)('%s: from 50 sessions of one user it holds up nobody else', async (attack) => {
  const { outcome, latencies, growth } = await arena.attack({ attack, seconds: SECONDS })
  const worst = Object.entries(latencies).map(
    ([door, values]) => [door, values.length > 0 ? Math.round(quantile(values, 0.9)) : Number.NaN] as const,
  )
  console.log(`${attack}: ${JSON.stringify(outcome)}, SEND p90 ${worst.map(([door, ms]) => `${door} ${ms} ms`).join(', ')}`)
  expect(outcome.sent).toBeGreaterThan(0)
  for (const [door, ms] of worst) expect(ms, `p90 of SEND by ${door}`).toBeLessThan(MOST_MS)
  expect(growth / MIB).toBeLessThan(MOST_GROWTH_MIB)
})

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN
}
