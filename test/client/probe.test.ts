import { expect, test } from 'vitest'
import { Patience, Probe } from '../../client/probe.ts'
import { ManualClock } from './manual-clock.ts'

const NOTHING = { bytes: 0, answerMs: 0 }

function probing() {
  const clock = new ManualClock()
  const patience = new Patience()
  const seen: string[] = []
  const probe = new Probe(clock, patience, () => seen.push('ping'))
  const ask = (outstanding = NOTHING) => probe.ask(outstanding, (waitedMs) => seen.push(`dead after ${waitedMs}`))
  return { clock, patience, probe, seen, ask }
}

test('H3: a ping at once, and the connection is dead if nothing at all is heard for 5 s', () => {
  const { clock, seen, ask } = probing()
  ask()
  clock.advance(4999)
  expect(seen).toEqual(['ping'])
  clock.advance(1)
  expect(seen).toEqual(['ping', 'dead after 5000'])
})

test('whatever arrives is an answer', () => {
  const { clock, seen, ask, probe } = probing()
  ask()
  clock.advance(4999)
  probe.heard()
  clock.advance(60_000)
  expect(seen).toEqual(['ping'])
  expect(clock.waiting).toBe(0)
})

test('what is on its way is waited for: 64 KiB of a send 16 s more, an answer as long as its request', () => {
  const { patience } = probing()
  expect(patience.deadlineMs({ bytes: 65_536, answerMs: 0 })).toBe(5_000 + 16_384)
  expect(patience.deadlineMs({ bytes: 0, answerMs: 20_000 })).toBe(20_000)
})

test('a question meanwhile may bring the deadline nearer, and never puts it off', () => {
  const { clock, seen, ask } = probing()
  ask({ bytes: 40_000, answerMs: 0 })
  clock.advance(1000)
  ask()
  clock.advance(4000)
  ask()
  clock.advance(1000)
  expect(seen).toEqual(['ping', 'ping', 'dead after 5000'])
})

test('a line that is given up again and again is given more time, and a quick one less', () => {
  const { clock, seen, ask, probe, patience } = probing()
  for (let i = 0; i < 5; i++) {
    ask()
    clock.advance(40_000)
  }
  expect(seen.filter((each) => each !== 'ping')).toEqual([5, 10, 20, 40, 40].map((seconds) => `dead after ${seconds * 1000}`))
  ask()
  probe.heard()
  expect(patience.deadlineMs(NOTHING)).toBe(20_000)
})

test('a machine that slept over the deadline asks again', () => {
  const { clock, seen, ask, probe } = probing()
  const after = clock.after.bind(clock)
  // The timer comes when the machine wakes.
  clock.after = (ms, run) => after(ms === 5000 && seen.length === 0 ? 3_600_000 : ms, run)
  ask()
  clock.advance(3_600_000)
  expect(seen).toEqual(['ping', 'ping'])
  probe.heard()
  expect(clock.waiting).toBe(0)
})
