import { expect, it } from 'vitest'
import { failover } from './failover.ts'

it.each([
  ['comes back', 1000, { kind: 'same-core', afterMs: 5000 }],
  ['is replaced by another', 250, { kind: 'other-core' }],
] as const)('no browser notices that the core is killed and %s', { timeout: 60_000 }, async (_, browsers, next) => {
  const outcome = await failover({ browsers, shards: 4, next })
  expect(outcome).toMatchObject({ disturbed: [], breaches: [], messages: 4 * browsers })
  console.log(
    `sessions live ${outcome.liveAgainMs.toFixed(0)} ms after core-ready, all messages shown after ${outcome.caughtUpMs.toFixed(0)} ms`,
  )
})
