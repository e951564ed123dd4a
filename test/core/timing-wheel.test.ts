import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimingWheel } from '../../tcp-core/time/timing-wheel.ts'
import { ManualClock } from '../support/manual-clock.ts'

const SLOT_MS = 500

test('an item comes due within a slot after its time, also beyond one round', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20_000), { maxLength: 50 }), (delays) => {
      const clock = new ManualClock()
      const wheel = new TimingWheel(clock, SLOT_MS, 8)
      const start = clock.elapsed()
      const came: number[] = []
      delays.forEach((delay, i) => {
        const at = start + delay
        wheel.add(
          {
            due(now) {
              if (now < at) return at
              came[i] = now
              return undefined
            },
          },
          at,
        )
      })
      clock.turn(21_000)
      for (const [i, delay] of delays.entries()) {
        expect(came[i]).toBeGreaterThanOrEqual(start + delay)
        expect(came[i]).toBeLessThanOrEqual(start + delay + 2 * SLOT_MS)
      }
      expect(wheel.size).toBe(0)
      wheel.stop()
    }),
  )
})

test('a removed item never comes due, and removal says whether it was there', () => {
  const clock = new ManualClock()
  const wheel = new TimingWheel(clock, SLOT_MS, 8)
  let called = false
  const item = {
    due: () => {
      called = true
      return undefined
    },
  }
  wheel.add(item, clock.elapsed() + 1000)
  expect([wheel.remove(item), wheel.remove(item)]).toEqual([true, false])
  clock.turn(10_000)
  expect(called).toBe(false)
})
