import { expect, test, vi } from 'vitest'
import { ACK_INTERVAL_MS, ACK_MAX_MESSAGES, DeliveryAcks } from '../../client/delivery-acks.ts'
import type { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { ManualClock } from './manual-clock.ts'

function acknowledging() {
  const clock = new ManualClock()
  const acks = new DeliveryAcks(clock)
  const said: Record<string, number>[] = []
  const decoder = new FrameDecoder(1 << 20)
  const write = (bytes: Uint8Array) =>
    decoder.push(bytes, ({ command, body }) => {
      const { positions } = decodeBody(command as typeof Command.DELIVER_ACK, body)
      said.push(Object.fromEntries(positions.map(({ conversationId, seq }) => [conversationId, seq])))
      return true
    })
  acks.connected(write)
  return { acks, clock, said, write }
}

/** What was to happen at the end of the turn has happened. */
const turn = () => Promise.resolve()

test('R3: a lone message is acknowledged at once, what follows within the interval together', async () => {
  const { acks, clock, said } = acknowledging()
  acks.note('dm/a/b', 1, 10)
  await turn()
  expect(said).toEqual([{ 'dm/a/b': 1 }])
  acks.note('dm/a/b', 2, 10)
  acks.note('dm/a/c', 7, 10)
  await turn()
  clock.advance(ACK_INTERVAL_MS - 1)
  expect(said).toHaveLength(1)
  acks.note('dm/a/b', 3, 10)
  clock.advance(1)
  expect(said).toEqual([{ 'dm/a/b': 1 }, { 'dm/a/b': 3, 'dm/a/c': 7 }])
  clock.advance(ACK_INTERVAL_MS)
  acks.note('dm/a/b', 4, 10)
  await turn()
  expect(said.at(-1)).toEqual({ 'dm/a/b': 4 })
  expect(clock.waiting).toBe(0)
})

test('R4: a fast stream does not wait, by its count and by its bytes', async () => {
  const { acks, said } = acknowledging()
  acks.note('dm/a/b', 1, 10)
  await turn()
  for (let seq = 2; seq <= ACK_MAX_MESSAGES + 2; seq++) acks.note('dm/a/b', seq, 10)
  expect(said.at(-1)).toEqual({ 'dm/a/b': ACK_MAX_MESSAGES + 1 })
  const large = acknowledging()
  large.acks.note('dm/a/b', 1, 60_000)
  await turn()
  large.acks.note('dm/a/b', 2, 60_000)
  large.acks.note('dm/a/b', 3, 60_000)
  expect(large.said.at(-1)).toEqual({ 'dm/a/b': 2 })
})

test('what waits when the connection ends is not said on the next one, which syncs', async () => {
  const { acks, clock, said, write } = acknowledging()
  acks.note('dm/a/b', 1, 10)
  await turn()
  acks.note('dm/a/b', 2, 10)
  acks.disconnected()
  expect(clock.waiting).toBe(0)
  acks.connected(write)
  clock.advance(ACK_INTERVAL_MS)
  await turn()
  expect(said).toEqual([{ 'dm/a/b': 1 }])
})

test('a clock that is set back holds nothing up for longer than the interval', () => {
  const { acks, clock, said } = acknowledging()
  clock.advance(1000)
  acks.note('dm/a/b', 1, 10)
  acks.flush()
  clock.step(-3_600_000)
  acks.note('dm/a/b', 2, 10)
  clock.advance(ACK_INTERVAL_MS)
  expect(said.at(-1)).toEqual({ 'dm/a/b': 2 })
})

test('a page that nobody sees, whose timers come late, waits for none', async () => {
  vi.stubGlobal('document', { hidden: true })
  try {
    const { acks, clock, said } = acknowledging()
    for (let seq = 1; seq <= 3; seq++) {
      acks.note('dm/a/b', seq, 10)
      await turn()
    }
    expect(said).toEqual([{ 'dm/a/b': 1 }, { 'dm/a/b': 2 }, { 'dm/a/b': 3 }])
    expect(clock.waiting).toBe(0)
  } finally {
    vi.unstubAllGlobals()
  }
})
