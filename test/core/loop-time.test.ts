import { expect, test } from 'vitest'
import { LoopTime } from '../../tcp-core/limits/loop-time.ts'

test('who takes more of the event loop than his part waits until it is paid for', () => {
  const time = new LoopTime(200)
  for (let i = 0; i < 10; i++) time.charge(10)
  expect(time.debtMs(0)).toBe(0)
  for (let i = 0; i < 10; i++) time.charge(10)
  expect(time.debtMs(0)).toBe(500)
  expect(time.debtMs(499)).toBe(1)
  expect(time.debtMs(500)).toBe(0)
  // Later only what is new counts.
  time.charge(20)
  expect(time.debtMs(10_000)).toBe(0)
})

test('one charge that waited for the machine is no debt for long', () => {
  const time = new LoopTime(200)
  time.charge(10_000)
  expect(time.debtMs(0)).toBe(0)
})
