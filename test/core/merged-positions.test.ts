import { expect, test } from 'vitest'
import { MergedPositions } from '../../tcp-core/delivery/merged-positions.ts'
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

test('many are taken a few at a time, what comes meanwhile after them', () => {
  const { merged, clock, taken } = merging(50)
  for (let i = 0; i < 120; i++) merged.add(`dm/a/${i}`, 'a', 1)
  clock.advance(50)
  expect(taken).toEqual([50])
  merged.add('dm/a/1', 'a', 2)
  clock.advance(49)
  expect(taken).toEqual([50])
  clock.advance(51)
  expect(taken).toEqual([50, 50, 20])
  clock.advance(50)
  expect(taken).toEqual([50, 50, 20, 1])
  expect(clock.waiting).toBe(0)
})

test('of very many so many are taken at once that they are gone in a second', () => {
  const { merged, clock, taken } = merging(5000)
  for (let i = 0; i < 5000; i++) merged.add(`dm/a/${i}`, 'a', 1)
  clock.advance(5000)
  expect(taken).toEqual([250])
  clock.advance(950)
  expect(taken).toEqual(new Array(20).fill(250))
})

test('in the end all are taken at once', () => {
  const { merged, clock } = merging(50)
  for (let i = 0; i < 120; i++) merged.add(`dm/a/${i}`, 'a', 1)
  clock.advance(50)
  merged.add('dm/a/b', 'a', 1)
  expect(merged.takeAll()).toHaveLength(71)
  expect(clock.waiting).toBe(0)
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

test('what is left waits with what the log did not take', () => {
  const { merged, clock, taken } = merging(50)
  for (let i = 0; i < 60; i++) merged.add(`dm/a/${i}`, 'a', 1)
  merged.putBack(merged.take(), 1000)
  clock.advance(999)
  expect(taken).toEqual([])
  clock.advance(51)
  expect(taken).toEqual([50, 10])
})

test('who names ever more conversations fills no memory', () => {
  const { merged } = merging(50)
  for (let i = 0; i < 50_010; i++) merged.add(`dm/a/${i}`, 'a', 1)
  merged.add('dm/a/1', 'a', 9)
  const positions = merged.takeAll()
  expect(positions).toHaveLength(5000)
  expect(positions[1]?.deliveredSeq).toBe(9)
})

test('however many name ever more conversations, nobody else is pushed out', () => {
  const { merged } = merging(50)
  for (let user = 0; user < 12; user++) for (let i = 0; i < 5000; i++) merged.add(`group/${i}`, `attacker-${user}`, 1)
  for (let i = 0; i < 200; i++) merged.add(`group/${i}`, 'bystander', 7)
  expect(merged.countOf('attacker-0')).toBe(5000)
  expect(merged.countOf('attacker-11')).toBe(100)
  expect(merged.countOf('bystander')).toBe(100)
  expect(merged.takeAll()).toHaveLength(50_000 + 3 * 100)
})

test('those of one user are taken before the others, also of what is on its way out', () => {
  const { merged, clock, taken } = merging(50)
  for (let i = 0; i < 60; i++) merged.add(`dm/a/${i}`, 'a', 1)
  clock.advance(50)
  merged.add('dm/a/59', 'a', 2)
  merged.add('dm/a/b', 'b', 1)
  expect(merged.countOf('a')).toBe(11)
  expect(merged.takeOf('a', 4)).toHaveLength(4)
  expect(merged.takeOf('a', 250).at(-1)).toEqual({ conversationId: 'dm/a/59', userId: 'a', deliveredSeq: 2, readSeq: 0 })
  expect(merged.countOf('a')).toBe(0)
  clock.advance(100)
  expect(taken).toEqual([50, 1])
  expect(clock.waiting).toBe(0)
})
