// Made from shared/proto/uplink.proto by `npm run generate`. Do not edit.
import type { ProtobufReader } from '../protobuf-reader.ts'
import type { ProtobufWriter } from '../protobuf-writer.ts'

const EMPTY = new Uint8Array(0)

/** HELLO: shard to core, first on every uplink, and again when the browsers pass to that core */
export interface Hello {
  shard: string
  /** Higher than that of every HELLO before; what a core says before its WELCOME of it is void. */
  generation: number
}

export function writeHello(w: ProtobufWriter, m: Hello): void {
  if (m.shard !== '') {
    w.byte(10)
    w.string(m.shard, 'shard')
  }
  if (m.generation !== 0) {
    w.byte(16)
    w.varint(m.generation, 'generation')
  }
}

export function readHello(r: ProtobufReader): Hello {
  const m: Hello = { shard: '', generation: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.shard = r.string('shard')
        break
      case 16:
        m.generation = r.varint('generation')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** WELCOME: core to shard, the answer */
export interface Welcome {
  /** That of the token's "sub". */
  coreId: string
  generation: number
  /** When the core began, in milliseconds since 1970: of the cores that are there the earliest has the browsers. */
  startedAt: number
}

export function writeWelcome(w: ProtobufWriter, m: Welcome): void {
  if (m.coreId !== '') {
    w.byte(10)
    w.string(m.coreId, 'core_id')
  }
  if (m.generation !== 0) {
    w.byte(16)
    w.varint(m.generation, 'generation')
  }
  if (m.startedAt !== 0) {
    w.byte(24)
    w.varint(m.startedAt, 'started_at')
  }
}

export function readWelcome(r: ProtobufReader): Welcome {
  const m: Welcome = { coreId: '', generation: 0, startedAt: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.coreId = r.string('core_id')
        break
      case 16:
        m.generation = r.varint('generation')
        break
      case 24:
        m.startedAt = r.varint('started_at')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** OPEN: shard to core, a browser's socket is there */
export interface Open {
  remoteAddress: string
  userAgent: string
  /** Empty for a new socket. What ACCEPT gave, when the shard announces a session again. */
  ticket: string
}

export function writeOpen(w: ProtobufWriter, m: Open): void {
  if (m.remoteAddress !== '') {
    w.byte(10)
    w.string(m.remoteAddress, 'remote_address')
  }
  if (m.userAgent !== '') {
    w.byte(18)
    w.string(m.userAgent, 'user_agent')
  }
  if (m.ticket !== '') {
    w.byte(26)
    w.string(m.ticket, 'ticket')
  }
}

export function readOpen(r: ProtobufReader): Open {
  const m: Open = { remoteAddress: '', userAgent: '', ticket: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.remoteAddress = r.string('remote_address')
        break
      case 18:
        m.userAgent = r.string('user_agent')
        break
      case 26:
        m.ticket = r.string('ticket')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** ACCEPT: core to shard, the channel is a session now */
export interface Accept {
  sessionId: string
  userId: string
  /** Signed by the core; opaque to the shard, kept in the socket's attachment. */
  ticket: string
  expiresAt: number
}

export function writeAccept(w: ProtobufWriter, m: Accept): void {
  if (m.sessionId !== '') {
    w.byte(10)
    w.string(m.sessionId, 'session_id')
  }
  if (m.userId !== '') {
    w.byte(18)
    w.string(m.userId, 'user_id')
  }
  if (m.ticket !== '') {
    w.byte(26)
    w.string(m.ticket, 'ticket')
  }
  if (m.expiresAt !== 0) {
    w.byte(32)
    w.varint(m.expiresAt, 'expires_at')
  }
}

export function readAccept(r: ProtobufReader): Accept {
  const m: Accept = { sessionId: '', userId: '', ticket: '', expiresAt: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.sessionId = r.string('session_id')
        break
      case 18:
        m.userId = r.string('user_id')
        break
      case 26:
        m.ticket = r.string('ticket')
        break
      case 32:
        m.expiresAt = r.varint('expires_at')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** CLOSE: either way, the channel is over */
export interface ChannelClose {
  code: number
  reason: string
}

export function writeChannelClose(w: ProtobufWriter, m: ChannelClose): void {
  if (m.code !== 0) {
    w.byte(8)
    w.uint32(m.code, 'code')
  }
  if (m.reason !== '') {
    w.byte(18)
    w.string(m.reason, 'reason')
  }
}

export function readChannelClose(r: ProtobufReader): ChannelClose {
  const m: ChannelClose = { code: 0, reason: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.code = r.uint32('code')
        break
      case 18:
        m.reason = r.string('reason')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** MULTICAST: core to shard, one body for many channels */
export interface Multicast {
  channels: number[]
  frames: Uint8Array
}

export function writeMulticast(w: ProtobufWriter, m: Multicast): void {
  if (m.channels.length > 0) {
    w.byte(10)
    const at = w.open()
    for (const item of m.channels) w.uint32(item, 'channels')
    w.close(at)
  }
  if (m.frames.length > 0) {
    w.byte(18)
    w.bytes(m.frames)
  }
}

export function readMulticast(r: ProtobufReader): Multicast {
  const m: Multicast = { channels: [], frames: EMPTY }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        while (r.position < r.end) {
          m.channels.push(r.uint32('channels'))
        }
        r.leave(end)
        break
      }
      case 8:
        m.channels.push(r.uint32('channels'))
        break
      case 18:
        m.frames = r.bytes('frames')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** SNAPSHOT_BEGIN: shard to core, the channels up to SNAPSHOT_END are all that this core has */
export interface SnapshotBegin {
  /** False: another core has the browsers, and this one stands by. */
  owner: boolean
}

export function writeSnapshotBegin(w: ProtobufWriter, m: SnapshotBegin): void {
  if (m.owner) {
    w.byte(8)
    w.byte(1)
  }
}

export function readSnapshotBegin(r: ProtobufReader): SnapshotBegin {
  const m: SnapshotBegin = { owner: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.owner = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** STATUS: shard to core, the shard was out of memory and woke */
export interface Status {
  /** WebSockets of browsers that it holds. */
  browsers: number
}

export function writeStatus(w: ProtobufWriter, m: Status): void {
  if (m.browsers !== 0) {
    w.byte(8)
    w.uint32(m.browsers, 'browsers')
  }
}

export function readStatus(r: ProtobufReader): Status {
  const m: Status = { browsers: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.browsers = r.uint32('browsers')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** RECEIVED: core to shard, what it has taken since the last one */
export interface Received {
  bytes: number
}

export function writeReceived(w: ProtobufWriter, m: Received): void {
  if (m.bytes !== 0) {
    w.byte(8)
    w.uint32(m.bytes, 'bytes')
  }
}

export function readReceived(r: ProtobufReader): Received {
  const m: Received = { bytes: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.bytes = r.uint32('bytes')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}
