import { type BodyOf, Command } from '../../shared/commands.ts'
import { encodeFrame, encodeRawFrame, HEADER_BYTES } from '../../shared/frame.ts'
import type { Random } from '../simulation/random.ts'
import { bytesOf, malformedVectors, validVectors } from '../support/vectors.ts'

const golden = [...validVectors, ...malformedVectors].map(bytesOf)
const commands = Object.values(Command)
const NAMES = ['a', 'b', 'c', 'd/e', 'ü', '', 'x y', '\u0000', 'n'.repeat(129)]
const CONVERSATIONS = ['dm/a/b', 'dm/a/c', 'dm/b/c', 'dm/a/a', 'dm/b/a', 'dm//', '', 'group/1', 'dm/a/d%2Fe']
const NUMBERS = [0, 1, 2, 3, 127, 128, 300, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]
const SIZES = [0, 1, 10, 100, 300, 1200]
/** Seldom, because each is copied about. */
const BIG = 60_000

/** What a client might send: mostly right, for what is wrong soon ends it. */
export function clientBytes(random: Random, requestId: number): Uint8Array {
  const dice = random.below(100)
  if (dice < 2) return random.pick(golden)
  if (dice < 4) return mutated(random, random.pick(golden))
  if (dice < 6) return mutated(random, request(random, requestId))
  if (dice < 12) return encodeRawFrame(2 + random.below(22), requestId, noise(random, random.below(40)))
  return request(random, requestId)
}

/** More messages to one user than fit a window, by their number or by their bytes (R4). */
export function manySends(random: Random, ids: { next: number }): Uint8Array[] {
  const toUser = random.pick(NAMES.slice(0, 3))
  const [count, bytes] = random.chance(0.5) ? [300, 10] : [20, BIG]
  return Array.from({ length: count }, () => {
    const body = { clientMessageId: `burst${random.uint32()}`, toUser, conversationId: '', contentType: '', content: new Uint8Array(bytes) }
    return encodeFrame(Command.SEND, ids.next++, body)
  })
}

/** More questions for the log than it is asked at a time (Y5). */
export function manySyncs(random: Random, ids: { next: number }): Uint8Array[] {
  const page = {
    conversationId: random.pick(CONVERSATIONS.slice(0, 4)),
    withUser: '',
    direction: 0,
    fromSeq: 0,
    limit: 200,
    epoch: 0,
    digest: 0,
  } as const
  return Array.from({ length: 20 + random.below(150) }, () => encodeFrame(Command.SYNC, ids.next++, { page, list: undefined }))
}

/** Any frame of the protocol, or something like one, for a decoder alone. */
export function anyBytes(random: Random): Uint8Array {
  if (random.chance(0.3)) return clientBytes(random, random.uint32())
  if (random.chance(0.3)) return mutated(random, random.pick(golden))
  return encodeRawFrame(random.chance(0.9) ? random.pick(commands) : random.below(256), random.uint32(), protobufNoise(random))
}

/** A request whose fields are of the right types, and mostly of the right values. */
function request(random: Random, requestId: number): Uint8Array {
  switch (random.below(11)) {
    case 0:
      return encodeFrame(Command.PING, requestId, {})
    case 1:
    case 2:
    case 3:
      return encodeFrame(Command.SEND, requestId, sendBody(random))
    case 4:
    case 5:
      return encodeFrame(Command.SYNC, requestId, syncBody(random))
    case 6:
      return encodeFrame(Command.READ, requestId, { conversationId: random.pick(CONVERSATIONS), seq: random.pick(NUMBERS) })
    case 7:
    case 8: {
      const positions = Array.from({ length: random.below(3) }, () => ({
        conversationId: random.pick(CONVERSATIONS),
        seq: random.chance(0.8) ? random.below(300) : random.pick(NUMBERS),
      }))
      return encodeFrame(Command.DELIVER_ACK, random.chance(0.9) ? 0 : requestId, { positions })
    }
    case 9:
      return fleetingRequest(random, requestId)
    default:
      return random.chance(0.05) ? encodeFrame(Command.LOGOUT, requestId, {}) : encodeFrame(Command.PING, requestId, {})
  }
}

function fleetingRequest(random: Random, requestId: number): Uint8Array {
  switch (random.below(4)) {
    case 0:
      return encodeFrame(Command.TYPING, requestId, { conversationId: random.pick(CONVERSATIONS), userId: '', stopped: random.chance(0.3) })
    case 1: {
      const names = (): string[] => Array.from({ length: random.below(4) }, () => random.pick(NAMES))
      return encodeFrame(Command.WATCH, requestId, { users: names(), unwatch: names() })
    }
    case 2:
      return encodeFrame(Command.ROOM, requestId, { roomId: random.pick(NAMES), leave: random.chance(0.3) })
    default:
      return encodeFrame(Command.PUBLISH, requestId, {
        roomId: random.pick(NAMES),
        contentType: '',
        content: new Uint8Array(random.pick(SIZES)),
      })
  }
}

function sendBody(random: Random): BodyOf<typeof Command.SEND> {
  const byUser = random.chance(0.8)
  const usual = random.chance(0.9)
  return {
    clientMessageId: usual ? `m${random.below(2000)}` : random.pick(NAMES),
    toUser: byUser ? random.pick(usual ? NAMES.slice(0, 3) : NAMES) : '',
    conversationId: byUser && usual ? '' : random.pick(CONVERSATIONS),
    contentType: usual ? '' : random.pick(NAMES),
    content: new Uint8Array(random.chance(0.04) ? BIG : random.pick(SIZES)),
  }
}

function syncBody(random: Random): BodyOf<typeof Command.SYNC> {
  const page = {
    conversationId: random.chance(0.8) ? random.pick(CONVERSATIONS) : '',
    withUser: random.chance(0.2) ? random.pick(NAMES) : '',
    direction: random.chance(0.7) ? 0 : 1,
    fromSeq: random.chance(0.8) ? random.below(50) : random.pick(NUMBERS),
    limit: Math.min(random.pick(NUMBERS), 2 ** 32 - 1),
    epoch: 0,
    digest: 0,
  } as const
  const list = { cursor: random.chance(0.8) ? '' : random.pick(NAMES), limit: Math.min(random.pick(NUMBERS), 2 ** 32 - 1) }
  const which = random.below(8)
  return { page: which < 5 || which === 7 ? page : undefined, list: which === 5 || which === 7 ? list : undefined }
}

/** One to three changes of the kinds that break parsers. */
export function mutated(random: Random, original: Uint8Array): Uint8Array {
  let bytes = original.slice()
  for (let changes = 1 + random.below(3); changes > 0 && bytes.length > 0; changes--) {
    const at = random.below(bytes.length)
    switch (random.below(7)) {
      case 0:
        bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
        break
      case 1:
        bytes[at] = random.uint32()
        break
      case 2:
        bytes = bytes.slice(0, at)
        break
      case 3:
        bytes = joined([bytes.subarray(0, at), noise(random, 1 + random.below(8)), bytes.subarray(at)])
        break
      case 4:
        bytes = joined([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(4))])
        break
      case 5:
        if (bytes.length >= 4)
          new DataView(bytes.buffer).setUint32(0, random.pick([0, 7, 8, 9, bytes.length - 4, bytes.length, 1024, 2 ** 20, 2 ** 32 - 1]))
        break
      default:
        if (bytes.length > HEADER_BYTES)
          bytes[HEADER_BYTES + random.below(bytes.length - HEADER_BYTES)] = random.pick([0, 0x7f, 0x80, 0xff])
    }
  }
  return bytes
}

/** Tags, lengths and values as Protobuf has them, put together without sense. */
function protobufNoise(random: Random): Uint8Array {
  const bytes: number[] = []
  for (let fields = random.below(6); fields > 0; fields--) {
    const type = random.chance(0.9) ? random.pick([0, 2, 2, 5, 1]) : random.below(8)
    bytes.push(((1 + random.below(12)) << 3) | type)
    if (type === 0) varint(bytes, random.chance(0.5) ? random.below(300) : random.pick(NUMBERS))
    else if (type === 2) {
      const length = random.below(20)
      bytes.push(random.chance(0.95) ? length : random.below(256))
      for (let i = 0; i < length; i++) bytes.push(random.chance(0.7) ? 97 + random.below(26) : random.below(256))
    } else for (let i = 0; i < (type === 5 ? 4 : 8); i++) bytes.push(random.below(256))
  }
  return Uint8Array.from(bytes)
}

function varint(bytes: number[], value: number): void {
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
}

export function noise(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  random.fill(bytes)
  return bytes
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The bytes cut at random places: at none, at a few, or at each, but in no more than about so many chunks. */
export function cut(random: Random, bytes: Uint8Array, most: number): Uint8Array[] {
  const mean = Math.max(random.pick([1, 3, 20, 200, Number.POSITIVE_INFINITY]), Math.ceil(bytes.length / most))
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = mean === Number.POSITIVE_INFINITY ? bytes.length : 1 + random.below(2 * mean - 1)
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}
