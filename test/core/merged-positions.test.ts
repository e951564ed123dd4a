import { expect, test } from 'vitest'
import { MergedPositions } from '../../tcp-core/merged-positions.ts'
import { ManualClock } from '../client/manual-clock.ts'

function merging(milliseconds: number) {
  const clock = new ManualClock()
  const taken: number[] = []
  const merged = new MergedPositions(clock, milliseconds, () => void taken.push(merged.take().length))
  return { clock, merged, taken }
}

test('of each user and conversation the highest position is taken, once', () => {
  const { merged, clock } = merging(50)
  merged.add('dm/a/b', 'a', 3)
  merged.add('dm/a/b', 'a', 2)
  merged.add('dm/a/b', 'b', 1)
  expect(merged.take()).toEqual([
    { conversationId: 'dm/a/b', userId: 'a', deliveredSeq: 3, readSeq: 0 },
    { conversationId: 'dm/a/b', userId: 'b', deliveredSeq: 1, readSeq: 0 },
  ])
  expect(merged.take()).toEqual([])
  expect(clock.waiting).toBe(0)
})

test('a few wait a moment; after many the next wait longer, at most a second', () => {
  const { merged, clock, taken } = merging(50)
  merged.add('dm/a/b', 'a', 1)
  clock.advance(50)
  expect(taken).toEqual([1])
  for (let i = 0; i < 400; i++) merged.add(`dm/a/${i}`, 'a', 1)
  clock.advance(50)
  expect(taken).toEqual([1, 400])
  for (let i = 0; i < 5000; i++) merged.add(`dm/a/${i}`, 'a', 2)
  clock.advance(399)
  expect(taken).toHaveLength(2)
  clock.advance(1)
  expect(taken).toEqual([1, 400, 5000])
  merged.add('dm/a/b', 'a', 2)
  clock.advance(999)
  expect(taken).toHaveLength(3)
  clock.advance(1)
  merged.add('dm/a/b', 'a', 3)
  clock.advance(50)
  expect(taken).toEqual([1, 400, 5000, 1, 1])
})

test('what the log did not take is tried again with what has come since', () => {
  const { merged, clock, taken } = merging(50)
  merged.add('dm/a/b', 'a', 1)
  const positions = merged.take()
  merged.putBack(positions, 1000)
  merged.add('dm/a/b', 'a', 2)
  clock.advance(999)
  expect(taken).toEqual([])
  clock.advance(1)
  expect(taken).toEqual([1])
})

test('who names ever more conversations fills no memory', () => {
  const { merged } = merging(50)
  for (let i = 0; i < 50_010; i++) merged.add(`dm/a/${i}`, 'a', 1)
  merged.add('dm/a/1', 'a', 9)
  const positions = merged.take()
  expect(positions).toHaveLength(50_000)
  expect(positions[1]?.deliveredSeq).toBe(9)
})
