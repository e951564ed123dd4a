import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { uplinkFrame } from '../../shared/uplink.ts'
import type { Core } from '../../tcp-core/core.ts'
import { parseNetworks } from '../../tcp-core/limits/ip-address.ts'
import { ConnectionSet } from '../../tcp-core/listeners/connection-set.ts'
import type { Door } from '../../tcp-core/listeners/door.ts'
import { listenStream } from '../../tcp-core/listeners/stream-listener.ts'
import { TlsGate } from '../../tcp-core/listeners/tls-gate.ts'
import { listenWebSocket } from '../../tcp-core/listeners/websocket-listener.ts'
import { systemClock } from '../../tcp-core/time/clock.ts'
import { Uplink } from '../../tcp-core/uplink/uplink.ts'
import { makeCertificate } from '../support/certificate.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { rawSocket } from '../support/raw-socket.ts'
import { virtualCore } from '../support/virtual-core.ts'

const LOGIN_TIMEOUT_MS = 300
const PER_ADDRESS = 8
/** Each case comes from an address of its own, so that none is turned away because of another. */
const ADDRESSES = '127.0.1.'
const BALANCERS = '127.0.9.'
/** Of a client at 127.0.1.200. */
const PROXY_HEADER = Buffer.from('0d0a0d0a000d0a515549540a2111000c7f0001c8c0a8000104d21cf8', 'hex')
const TLS_HELLO = Buffer.from('16030100c8010000c40303', 'hex')

const folder = mkdtempSync(join(tmpdir(), 'hawser-slots-'))
let core: Core
const doors: Partial<Record<'tcp' | 'tls' | 'ws', Door>> = {}

beforeAll(async () => {
  core = virtualCore({
    clock: systemClock,
    log: new MemoryLog(),
    verifyToken: () => Promise.reject(new Error('nobody logs in here')),
    settings: {
      loginTimeoutMs: LOGIN_TIMEOUT_MS,
      exemptNetworks: [],
      connectsPerNetworkPerMinute: 10_000,
      connectionsPerAddress: PER_ADDRESS,
    },
    complain: () => {},
  })
  const reception = new ConnectionSet(core)
  const certificate = await makeCertificate(folder, 'localhost')
  const tls = new TlsGate({ cert: certificate.certFile, key: certificate.keyFile, clientCa: '' }, LOGIN_TIMEOUT_MS)
  const stream = { host: '0.0.0.0', port: 0, loginTimeoutMs: LOGIN_TIMEOUT_MS, proxyFrom: parseNetworks([`${BALANCERS}0/24`]) }
  doors.tcp = await listenStream(stream, reception)
  doors.tls = await listenStream({ ...stream, tls }, reception)
  doors.ws = await listenWebSocket({ ...stream, maxFrameBytes: 1024, allowedOrigins: [] }, reception)
})
afterAll(() => {
  for (const door of Object.values(doors)) door.stop()
  core.deadlines.stop()
  rmSync(folder, { recursive: true, force: true })
})

const portOf = (door: 'tcp' | 'tls' | 'ws') => Number(doors[door]?.address.split(':')[1])
const come = (door: 'tcp' | 'tls' | 'ws', localAddress = '127.0.0.1') => rawSocket(`127.0.0.1:${portOf(door)}`, { localAddress })

type Way = (socket: Socket) => unknown
const says =
  (bytes: Uint8Array | string, then: Way = (socket) => socket.destroy()): Way =>
  (socket) =>
    socket.write(bytes, () => then(socket))
const isEnded: Way = async (socket) => {
  socket.resume()
  await once(socket, 'close')
}
const resets: Way = (socket) => socket.resetAndDestroy()
const WAYS_OF_ALL: Record<string, Way> = {
  'it leaves at once': (socket) => socket.destroy(),
  'it ends its side': async (socket) => {
    socket.end()
    await isEnded(socket)
  },
  'it resets': resets,
  'it says nothing in time': isEnded,
  'it says half of something, and leaves': says(Buffer.alloc(3)),
  'it says garbage': says('GARBAGE, AND MORE OF IT\r\n\r\n', isEnded),
}
const shakes =
  (ALPNProtocols: string[], then: (socket: Socket, secure: Socket) => unknown): Way =>
  async (socket) => {
    const secure = connectTls({ socket, rejectUnauthorized: false, ALPNProtocols })
    const shaken = once(secure, 'secureConnect').catch(() => {})
    secure.on('error', () => {})
    await shaken
    await then(socket, secure)
  }
const upgrade = (protocol: string) =>
  `GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${protocol}\r\n`

const CASES: { door: 'tcp' | 'tls' | 'ws'; way: string; does: Way; balanced?: true }[] = [
  ...(['tcp', 'tls', 'ws'] as const).flatMap((door) => Object.entries(WAYS_OF_ALL).map(([way, does]) => ({ door, way, does }))),
  ...(['tcp', 'tls'] as const).flatMap((door) =>
    Object.entries({
      'no PROXY header, and it leaves': WAYS_OF_ALL['it leaves at once'] as Way,
      'no PROXY header in time': isEnded,
      'half a PROXY header that never ends': says(PROXY_HEADER.subarray(0, 14), isEnded),
      'half a PROXY header, and a reset': says(PROXY_HEADER.subarray(0, 14), resets),
      'a PROXY header, and it leaves': says(PROXY_HEADER),
      'a PROXY header, and a reset': says(PROXY_HEADER, resets),
      'a PROXY header, and no more': says(PROXY_HEADER, isEnded),
    }).map(([way, does]) => ({ door, way, does, balanced: true as const })),
  ),
  { door: 'tls', way: 'half a hello', does: says(TLS_HELLO, isEnded) },
  { door: 'tls', way: 'half a hello, and a reset', does: says(TLS_HELLO, resets) },
  { door: 'tls', way: 'a handshake, and it leaves', does: shakes(['hawser'], (socket) => socket.destroy()) },
  { door: 'tls', way: 'a handshake, and a reset', does: shakes(['hawser'], resets) },
  { door: 'tls', way: 'a handshake, and no LOGIN', does: shakes(['hawser'], (_, secure) => isEnded(secure)) },
  { door: 'tls', way: 'another ALPN protocol', does: shakes(['h2'], (socket) => socket.destroy()) },
  { door: 'ws', way: 'half an upgrade', does: says(upgrade('').slice(0, 60), isEnded) },
  { door: 'ws', way: 'an upgrade that is refused', does: says(upgrade(''), isEnded) },
  { door: 'ws', way: 'an upgrade, and it leaves', does: says(upgrade('sec-websocket-protocol: hawser.v1\r\n')) },
  { door: 'ws', way: 'an upgrade, and no LOGIN', does: says(upgrade('sec-websocket-protocol: hawser.v1\r\n'), isEnded) },
]

/** Nobody waits, and as many as may come from an address still may. */
async function expectNobodyInside(address = '127.0.0.1'): Promise<void> {
  await expect.poll(() => core.gate.unauthenticated, { timeout: 5000 }).toBe(0)
  const entries = Array.from({ length: PER_ADDRESS }, () => core.gate.enter(address))
  for (const entry of entries) {
    expect(entry).not.toHaveProperty('code')
    if (!('code' in entry)) entry.leave()
  }
}

const ADDRESSED = CASES.map((each, i) => ({ ...each, from: `${each.balanced ? BALANCERS : ADDRESSES}${i + 1}` }))
test.concurrent.each(ADDRESSED)('$door: $way', async ({ door, does, from }) => {
  await does(await come(door, from))
})

test('after all of them nobody is inside', async () => {
  for (const { from } of ADDRESSED) await expectNobodyInside(from)
  await expectNobodyInside('127.0.1.200')
})

test('TLS from one port to two addresses of the machine', async () => {
  for (const how of [says(TLS_HELLO), says('GARBAGE'), resets, (socket: Socket) => socket.destroy()]) {
    const first = await come('tls')
    const second = connect({ host: '127.0.0.2', port: portOf('tls'), localAddress: '127.0.0.1', localPort: first.localPort as number })
    second.on('error', () => {})
    await once(second, 'connect')
    const closed = Promise.all([first, second].map((socket) => once(socket, 'close')))
    for (const socket of [first, second]) how(socket)
    await closed
    await expectNobodyInside()
  }
})

/** A shard's end of an uplink, of which only what it says counts. */
class Line extends EventEmitter {
  readonly bufferedAmount = 0
  send(): void {}
  pause(): void {}
  resume(): void {}
  terminate(): void {}
  close(): void {}

  say(...frames: Uint8Array[]): void {
    this.emit('message', Buffer.concat(frames), true)
  }
}

const open = (channel: number, ticket = '') => uplinkFrame.open(channel, { remoteAddress: '127.0.0.1', userAgent: '', ticket })
const EDGE_WAYS: Record<string, (line: Line) => void> = {
  'it leaves': (line) => line.say(open(1), uplinkFrame.close(1, { code: 1000, reason: '' })),
  'its number is given again': (line) => line.say(open(1), open(1), uplinkFrame.close(1, { code: 1000, reason: '' })),
  'its ticket does not hold': (line) => line.say(open(1, 'no.ticket')),
  'it says garbage': (line) => line.say(open(1), uplinkFrame.data(1, Buffer.from('GARBAGE, AND MORE'))),
  'others are announced': (line) => line.say(open(1), uplinkFrame.snapshotBegin({ owner: true })),
  'the uplink goes': (line) => {
    line.say(open(1))
    line.emit('close')
  },
  'there are too many of the address': (line) => {
    const channels = Array.from({ length: PER_ADDRESS + 4 }, (_, i) => i + 1)
    line.say(...channels.map((channel) => open(channel)))
    for (const channel of channels) line.say(uplinkFrame.close(channel, { code: 1000, reason: '' }))
  },
  'no LOGIN in time': (line) => line.say(open(1)),
}

test.each(Object.entries(EDGE_WAYS))('edge: %s', async (_, does) => {
  const line = new Line()
  new Uplink(core, { coreId: 'core', startedAt: 0 }, line as unknown as WebSocket)
  does(line)
  await expectNobodyInside()
  line.emit('close')
})
