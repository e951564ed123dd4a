import fc from 'fast-check'
import { test } from 'vitest'
import { compareViews } from './model/compare.ts'
import { STORES } from './model/log-under-test.ts'
import { play } from './model/play.ts'
import { history } from './model/steps.ts'

const runs = Number(process.env.HISTORIES ?? 60)
const seed = Number(process.env.SEED ?? 20_261_122)

test.each(STORES)(
  'after any history everybody sees what the model says, by every read, and nothing else: %s',
  { timeout: 120_000 },
  (store) => {
    fc.assert(
      fc.property(history(60), (steps) => play(steps, compareViews, store)),
      { numRuns: runs, seed },
    )
  },
)
