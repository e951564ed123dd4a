import { expect, test } from 'vitest'
import { DeliveryTurns } from '../../tcp-core/delivery/delivery-turns.ts'
import { ManualClock } from '../support/manual-clock.ts'

test('deliveries that take long go some milliseconds at a time, in their order', () => {
  const clock = new ManualClock()
  const turns: (() => void)[] = []
  const deliveries = new DeliveryTurns(clock, (work) => turns.push(work))
  const done: number[] = []
  const deliver = (nth: number) =>
    deliveries.add(() => {
      clock.turn(4)
      done.push(nth)
    })
  for (let i = 0; i < 5; i++) deliver(i)
  expect(done).toEqual([0, 1])
  turns.shift()?.()
  expect(done).toEqual([0, 1, 2, 3])
  deliver(5)
  expect(done).toEqual([0, 1, 2, 3])
  turns.shift()?.()
  expect(done).toEqual([0, 1, 2, 3, 4, 5])
  turns.shift()?.()
  expect(turns).toEqual([])
  deliver(6)
  expect(done.at(-1)).toBe(6)
})
