import fc from 'fast-check'
import { test } from 'vitest'
import { STORES } from './model/log-under-test.ts'
import { play } from './model/play.ts'
import { recount } from './model/recount.ts'
import { history } from './model/steps.ts'

const runs = Number(process.env.HISTORIES ?? 60)
const seed = Number(process.env.SEED ?? 20_261_122)
const COUNTED = { send: 20, details: 20, read: 10, recall: 6, edit: 6, clear: 4, wait: 5, leave: 3, join: 6, look: 6 }

test.each(STORES)('unread and mentions agree with a recount of the log after any history: %s', { timeout: 120_000 }, (store) => {
  fc.assert(
    fc.property(history(80, COUNTED), (steps) => play(steps, recount, store)),
    { numRuns: runs, seed },
  )
})
