import { expect, test } from 'vitest'
import { MessageIds, RequestIds } from '../../client/identifiers.ts'
import { ManualClock } from './manual-clock.ts'

test('message ids are UUIDv7 and sort by their making, within a millisecond and when the clock goes back', () => {
  const clock = new ManualClock()
  const ids = new MessageIds(clock)
  const made = Array.from({ length: 5000 }, (_, index) => {
    if (index === 100) clock.advance(-50)
    return ids.next()
  })
  expect(made).toEqual([...new Set(made)].sort())
  for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('request ids are never 0', () => {
  expect(new RequestIds().next()).toBe(1)
})
