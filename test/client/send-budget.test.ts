import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SendBudget } from '../../client/send-budget.ts'
import { ManualClock } from './manual-clock.ts'

test('L10: in no second more is sent than the server takes, nothing is lost or overtaken, and the rate is used', () => {
  const frames = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 400 })
  fc.assert(
    fc.property(
      frames,
      fc.integer({ min: 10, max: 50 }),
      fc.integer({ min: 2000, max: 9000 }),
      (sizes, framesPerSecond, bytesPerSecond) => {
        const clock = new ManualClock()
        const sent: { at: number; frame: Uint8Array }[] = []
        const budget = new SendBudget(clock, { framesPerSecond, bytesPerSecond }, (frame) => sent.push({ at: clock.elapsed(), frame }))
        const given = sizes.map((size) => new Uint8Array(size))
        for (const frame of given) budget.send(frame)
        clock.advance(600_000)
        expect(sent.map(({ frame }) => frame)).toEqual(given)
        for (const [first, { at: from }] of sent.entries()) {
          const second = sent.slice(first).filter(({ at }) => at < from + 1000)
          expect(second.length).toBeLessThanOrEqual(framesPerSecond)
          // One frame may begin while there is anything left to spend.
          expect(second.reduce((sum, { frame }) => sum + frame.length, 0)).toBeLessThanOrEqual(bytesPerSecond + 300)
        }
        const bytes = sizes.reduce((sum, size) => sum + size, 0)
        const atBest = Math.max(sizes.length / framesPerSecond, bytes / bytesPerSecond)
        expect((sent.at(-1)?.at ?? 0) / 1000).toBeLessThanOrEqual(1.5 * atBest + 1)
      },
    ),
    { numRuns: 60 },
  )
})

test('without a limit everything goes at once, and a connection that is over sends nothing more', () => {
  const clock = new ManualClock()
  const sent: Uint8Array[] = []
  const free = new SendBudget(clock, { framesPerSecond: 0, bytesPerSecond: 0 }, (frame) => sent.push(frame))
  for (let i = 0; i < 5000; i++) free.send(new Uint8Array(1000))
  expect(sent.length).toBe(5000)
  const narrow = new SendBudget(clock, { framesPerSecond: 1, bytesPerSecond: 1 }, (frame) => sent.push(frame))
  for (let i = 0; i < 3; i++) narrow.send(new Uint8Array(1))
  expect(sent.length).toBe(5001)
  narrow.stop()
  expect(clock.waiting).toBe(0)
})
