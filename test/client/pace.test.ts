import { expect, test } from 'vitest'
import { Pace } from '../../client/pace.ts'

const of = ({ limit, pullsAtOnce, timeoutMs }: Pace) => [limit, pullsAtOnce, timeoutMs]

test('answers that do not come in time make the next ones smaller, down to one message', () => {
  const pace = new Pace(1000)
  const seen = [of(pace)]
  for (let i = 0; i < 4; i++) {
    pace.timedOut()
    seen.push(of(pace))
  }
  expect(seen).toEqual([
    [0, 8, 1000],
    [12, 2, 2000],
    [3, 1, 4000],
    [1, 1, 8000],
    [1, 1, 8000],
  ])
})

test('full pages that come quickly, and a whole sync, make them larger again', () => {
  const pace = new Pace(1000)
  for (let i = 0; i < 3; i++) pace.timedOut()
  pace.filled(250)
  expect(pace.limit).toBe(1)
  pace.filled(249)
  expect(pace.limit).toBe(3)
  pace.synced()
  expect(pace.limit).toBe(12)
  pace.synced()
  pace.synced()
  expect(pace.limit).toBe(0)
})
