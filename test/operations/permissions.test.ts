import fc from 'fast-check'
import { test } from 'vitest'
import { play } from './model/play.ts'
import { history } from './model/steps.ts'

const runs = Number(process.env.HISTORIES ?? 60)
const seed = Number(process.env.SEED ?? 20_261_122)

test('after any history everybody sees what the model says, by every read, and nothing else', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(history(60), (steps) => play(steps)),
    { numRuns: runs, seed },
  )
})
