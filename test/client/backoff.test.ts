import { expect, test } from 'vitest'
import { Backoff } from '../../client/backoff.ts'

test('the ceiling doubles up to the maximum and begins again after a reset', () => {
  const backoff = new Backoff({ baseMs: 100, maxMs: 1000 }, () => 0.5)
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([50, 100, 200, 400, 500, 500])
  backoff.reset()
  expect(backoff.next()).toBe(50)
})

test('the jitter is full: from nothing up to the ceiling', () => {
  const waits = [0, 0.999].map((random) => new Backoff({ baseMs: 100, maxMs: 1000 }, () => random).next())
  expect(waits).toEqual([0, 99.9])
})
