import { beforeEach, describe, expect, it } from 'vitest'
import { decodeMessage, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { readMulticast } from '../../shared/gen/uplink.ts'
import { UPLINK_BATCH_BYTES, UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import { UplinkBatch } from '../../tcp-core/uplink/uplink-batch.ts'
import { ManualClock } from '../support/manual-clock.ts'

let clock: ManualClock
let messages: Uint8Array[]
let batch: UplinkBatch
beforeEach(() => {
  clock = new ManualClock()
  messages = []
  batch = new UplinkBatch(clock, (message) => messages.push(message))
})

const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve))
const bytes = (...values: number[]) => new Uint8Array(values)

/** What a message says, as text. */
function reading(message: Uint8Array): string[] {
  const said: string[] = []
  new FrameDecoder(1e6).push(message, (frame: Frame) => {
    if (frame.command === UplinkCommand.MULTICAST) {
      const { channels, frames } = decodeMessage(readMulticast, frame.body)
      said.push(`${channels.join()}: ${frames.join()}`)
    } else said.push(frame.command === UplinkCommand.DATA ? `${frame.requestId}: ${frame.body.join()}` : `command ${frame.command}`)
    return true
  })
  return said
}

describe('what is written in one turn', () => {
  it('leaves together and in order', async () => {
    batch.write(1, bytes(1))
    batch.write(2, bytes(2))
    batch.control(uplinkFrame.drain())
    expect(messages).toEqual([])
    await nextTick()
    expect(messages.map(reading)).toEqual([['1: 1', '2: 2', 'command 73']])
  })

  it('is one body where one frame goes to many, and one where many go to one', async () => {
    const shared = bytes(9)
    for (const channel of [1, 2, 3]) batch.write(channel, shared)
    for (const value of [4, 5, 6]) batch.write(4, bytes(value))
    batch.write(4, shared)
    batch.write(5, shared)
    batch.control(uplinkFrame.drain())
    batch.write(5, bytes(7))
    await nextTick()
    expect(messages.map(reading)).toEqual([['1,2,3: 9', '4: 4,5,6', '4,5: 9', 'command 73', '5: 7']])
    expect(batch.bodies).toBe(4)
  })
})

it('a lone frame goes at once, and under load frames are gathered', async () => {
  batch.write(1, bytes(1))
  await nextTick()
  expect(messages).toHaveLength(1)
  batch.write(1, bytes(2))
  await nextTick()
  batch.write(1, bytes(3))
  expect(messages).toHaveLength(1)
  clock.turn(2)
  expect(messages.map(reading)).toEqual([['1: 1'], ['1: 2,3']])
  clock.turn(10)
  batch.write(1, bytes(4))
  await nextTick()
  expect(messages).toHaveLength(3)
})

it('a full batch does not wait, and one body for many does not fill it', () => {
  const large = new Uint8Array(UPLINK_BATCH_BYTES - 1)
  for (let channel = 1; channel < 1000; channel++) batch.write(channel, large)
  expect(messages).toEqual([])
  batch.write(1, bytes(1))
  expect(messages).toHaveLength(1)
})
