import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { encodeFrame, encodeRawFrame } from '../../shared/frame.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { LoneCore, type OwnDoor } from '../support/lone-core.ts'
import { closeCode, rawSocket } from '../support/raw-socket.ts'
import { WirePeer } from '../support/wire-peer.ts'
import { DripRelay } from './drip-relay.ts'
import { Neighbour } from './neighbour.ts'
import { expectUnharmed } from './unharmed.ts'

const LOGIN_TIMEOUT_MS = 1500
const HEARTBEAT_TIMEOUT_MS = 2500
/** The wheel's slot, the door's sweep, a lingering close, and a busy machine. */
const SLACK_MS = 6000
const PEERS = 60
const BALANCER = '127.0.0.9'

let server: LoneCore
let neighbour: Neighbour
beforeAll(async () => {
  server = await LoneCore.start({
    HAWSER_LOGIN_TIMEOUT_MS: String(LOGIN_TIMEOUT_MS),
    HAWSER_HEARTBEAT_TIMEOUT_MS: String(HEARTBEAT_TIMEOUT_MS),
    HAWSER_PROXY_FROM: BALANCER,
  })
  neighbour = new Neighbour(server.core, await server.signer.token('neighbour'))
})
afterAll(async () => {
  await neighbour?.leave()
  await server?.dispose()
})

const login = (token: string, instanceId: string) =>
  encodeFrame(Command.LOGIN, 1, {
    token,
    deviceId: 'slow',
    deviceClass: DeviceClass.PHONE,
    instanceId,
    intent: Intent.PERSON,
    generation: 0,
    client: '',
    ticket: '',
  })
const wholeFrame = encodeRawFrame(Command.SEND, 2, randomBytes(1000))
const upgrade = (protocol: string) =>
  `GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n${protocol}\r\n`
const proxyHeader = Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex')

/** Each stage: by which door, what is said before the silence, and the CLOSE that must come; 0 where none can be read. */
/** A stubborn peer keeps its side open after the core has ended its own; that it is gone shows in the core's count only. */
const STAGES: { name: string; door: OwnDoor; says: () => Uint8Array | string; code: number; from?: string; stubborn?: true }[] = [
  { name: 'no byte', door: 'tcp', says: () => '', code: CODES.login_timeout.close },
  { name: 'half a length', door: 'tcp', says: () => wholeFrame.subarray(0, 2), code: CODES.login_timeout.close },
  { name: 'half a header', door: 'tcp', says: () => wholeFrame.subarray(0, 7), code: CODES.login_timeout.close },
  { name: 'half a LOGIN', door: 'tcp', says: () => login('x'.repeat(500), '').subarray(0, 300), code: CODES.login_timeout.close },
  { name: 'half a PROXY header', door: 'tcp', says: () => proxyHeader.subarray(0, 14), code: 0, from: BALANCER },
  { name: 'no PROXY header', door: 'tcp', says: () => '', code: 0, from: BALANCER },
  { name: 'no TLS hello', door: 'tls', says: () => '', code: 0 },
  { name: 'half a TLS hello', door: 'tls', says: () => Buffer.from('16030100c8010000c40303', 'hex'), code: 0 },
  { name: 'no HTTP request', door: 'ws', says: () => '', code: 0 },
  { name: 'half an upgrade', door: 'ws', says: () => upgrade('').slice(0, 60), code: 0 },
  { name: 'an upgrade that is refused', door: 'ws', says: () => upgrade(''), code: 0, stubborn: true },
  { name: 'a request that is no upgrade', door: 'ws', says: () => 'GET /ws HTTP/1.1\r\nhost: localhost\r\n\r\n', code: 0, stubborn: true },
  { name: 'an upgrade without a LOGIN', door: 'ws', says: () => upgrade('sec-websocket-protocol: hawser.v1\r\n'), code: 0 },
]

describe('slowloris: a peer that stops half-way and keeps the connection', () => {
  const ends = new Map<string, Promise<{ codes: number[]; ms: number }>>()
  const sockets: Socket[] = []
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
  })

  test(`at all stages at once, ${PEERS} peers each: the neighbour is unharmed`, async () => {
    await expectUnharmed('slowloris', neighbour, 48, async () => {
      for (const { name, door, says, from = '127.0.0.1', stubborn = false } of STAGES) {
        const start = performance.now()
        const codes = await Promise.all(
          Array.from({ length: PEERS }, async () => {
            const socket = await rawSocket(server.address(door), { localAddress: from, allowHalfOpen: stubborn })
            sockets.push(socket)
            socket.write(says())
            if (door === 'tcp') return () => closeCode(socket)
            const over = new Promise<number>((resolve) => socket.once(stubborn ? 'end' : 'close', () => resolve(0)))
            socket.resume()
            return () => over
          }),
        )
        ends.set(
          name,
          Promise.all(codes.map((code) => code())).then((codes) => ({ codes, ms: performance.now() - start })),
        )
      }
      expect(await server.core.metric('hawser_connections_unauthenticated')).toBeGreaterThan(PEERS)
      await Promise.race([Promise.all(ends.values()), new Promise((resolve) => setTimeout(resolve, LOGIN_TIMEOUT_MS + SLACK_MS))])
    })
  })

  test.each(STAGES)('$name ($door) is ended in time', { timeout: LOGIN_TIMEOUT_MS + SLACK_MS }, async ({ name, code }) => {
    const { codes, ms } = await (ends.get(name) as Promise<{ codes: number[]; ms: number }>)
    console.log(`${name}: over after ${ms.toFixed(0)} ms`)
    expect(new Set(codes)).toEqual(new Set([code]))
    expect(ms).toBeLessThan(LOGIN_TIMEOUT_MS + SLACK_MS)
  })

  test('and none is counted as waiting any more', async () => {
    await expect.poll(() => server.core.metric('hawser_connections_unauthenticated'), { timeout: 5000 }).toBe(0)
  })
})

test('half a frame after the login: ended as heartbeat_timeout, the neighbour unharmed', async () => {
  await expectUnharmed('half a frame after login', neighbour, 48, async () => {
    const token = await server.signer.token('slow')
    const codes = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const socket = await rawSocket(server.core.tcp)
        const code = closeCode(socket)
        socket.write(login(token, `i${i}`))
        socket.write(wholeFrame.subarray(0, 600))
        return code
      }),
    )
    expect(new Set(codes)).toEqual(new Set([CODES.heartbeat_timeout.close]))
  })
})

test.each(['tcp', 'tls', 'ws'] as const)('byte at a time by %s: it works', async (door) => {
  const relay = await DripRelay.to(server.address(door))
  const peer =
    door === 'tcp'
      ? await WirePeer.tcp(relay.address)
      : door === 'tls'
        ? await WirePeer.tls(relay.address, { ca: server.certificate.cert })
        : await WirePeer.ws(`ws://${relay.address}/ws`)
  const token = await server.signer.token(`drip-${door}`)
  await expectUnharmed(`byte at a time by ${door}`, neighbour, 32, async () => {
    await peer.login(token)
    const send = { clientMessageId: 'm1', toUser: 'nobody', conversationId: '', contentType: '', content: new Uint8Array(200) }
    expect((await peer.ask(Command.SEND, 2, send)).command).toBe(Command.SEND_ACK)
  })
  peer.end()
  relay.stop()
})
