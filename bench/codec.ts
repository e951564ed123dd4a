/**
 * The cost of encoding and decoding one DELIVER of 128 bytes: the generated code of
 * shared/gen/ beside protobufjs, in one run. Medians of five, microseconds a message.
 */
import protobuf from 'protobufjs'
import { Command } from '../shared/commands.ts'
import { decodeBody, encodeFrame } from '../shared/frame.ts'
import type { Message } from '../shared/gen/hawser.ts'

const ROUNDS = 5
const CALLS = 300_000

const message: Message = {
  conversationId: 'dm/alice/bob',
  seq: 123_456,
  messageId: 'c0ffee00-2n9c',
  sender: 'alice',
  clientMessageId: '019aa1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b',
  sentAt: 1_763_769_600_123,
  contentType: 'text/plain',
  content: new Uint8Array(128).fill(97),
  digest: 5_281_420_473_924_177,
}

const root = new protobuf.Root()
root.loadSync(new URL('../shared/proto/hawser.proto', import.meta.url).pathname)
const type = root.lookupType('hawser.v1.Message')
const frame = encodeFrame(Command.DELIVER, 0, message)
const body = frame.subarray(12)

function microseconds(work: () => unknown): number {
  const runs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint()
    for (let i = 0; i < CALLS; i++) work()
    runs.push(Number(process.hrtime.bigint() - start) / CALLS / 1000)
  }
  return runs.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number
}

const results = {
  'hawser encode, with its frame': microseconds(() => encodeFrame(Command.DELIVER, 0, message)),
  'protobufjs encode': microseconds(() => type.encode(message).finish()),
  'hawser decode': microseconds(() => decodeBody(Command.DELIVER, body)),
  'protobufjs decode': microseconds(() => type.decode(body)),
}
for (const [name, cost] of Object.entries(results)) console.log(`${name.padEnd(32)} ${cost.toFixed(2)} us`)
