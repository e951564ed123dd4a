import { expect, test } from 'vitest'
import { Heartbeat } from '../../client/heartbeat.ts'
import { ManualClock } from './manual-clock.ts'

function beating() {
  const clock = new ManualClock()
  const seen: string[] = []
  const heartbeat = new Heartbeat(
    clock,
    1000,
    () => seen.push('ping'),
    () => seen.push('dead'),
  )
  return { clock, seen, heartbeat }
}

test('H1: a ping each interval; two without an answer, and the connection is dead', () => {
  const { clock, seen } = beating()
  clock.advance(2500)
  expect(seen).toEqual(['ping', 'ping'])
  clock.advance(5000)
  expect(seen).toEqual(['ping', 'ping', 'dead'])
  expect(clock.waiting).toBe(0)
})

test('anything that arrives is an answer', () => {
  const { clock, seen, heartbeat } = beating()
  for (let beat = 0; beat < 5; beat++) {
    clock.advance(1000)
    heartbeat.heard()
  }
  expect(seen).toEqual(['ping', 'ping', 'ping', 'ping', 'ping'])
  heartbeat.stop()
  expect(clock.waiting).toBe(0)
})
