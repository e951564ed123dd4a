import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { decodeBody, encodeFrame } from '../../shared/frame.ts'
import { LoneCore, OWN_DOORS } from '../support/lone-core.ts'
import { closeCode, rawSocket } from '../support/raw-socket.ts'
import type { WirePeer } from '../support/wire-peer.ts'

const SESSION_PACKETS = 50
const USER_PACKETS = 80
const UNAUTHENTICATED = 10

let server: LoneCore
beforeAll(async () => {
  server = await LoneCore.start({
    HAWSER_SESSION_PACKETS_PER_SECOND: String(SESSION_PACKETS),
    HAWSER_USER_PACKETS_PER_SECOND: String(USER_PACKETS),
    HAWSER_SESSION_BYTES_PER_SECOND: '40000',
    HAWSER_UNAUTHENTICATED_CONNECTIONS: String(UNAUTHENTICATED),
    HAWSER_SESSIONS_PER_USER: '3',
  })
})
afterAll(() => server?.dispose())

const pings = (count: number, from: number) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => encodeFrame(Command.PING, from + i, {})))
const answers = (peer: WirePeer, count: number, from: number) =>
  Promise.all(Array.from({ length: count }, (_, i) => peer.next(({ requestId }) => requestId === from + i)))
const errors = (frames: { command: number; body: Uint8Array }[]) =>
  frames.filter(({ command }) => command === Command.ERROR).map(({ body }) => decodeBody(Command.ERROR, body))

/** Until the window of a second that is open now is surely over. */
const nextWindow = () => new Promise((resolve) => setTimeout(resolve, 1000))

describe.each(OWN_DOORS)('by %s, a session over its packets a second', (door) => {
  test('is told first, goes on after retry_after_ms, and is closed when it does not heed', async () => {
    const peer = await server.login(door, `packets-${door}`)
    peer.bytes(pings(SESSION_PACKETS + 10, 100))
    // Every request has its answer: what was over got an error that says when to go on.
    const told = errors(await answers(peer, SESSION_PACKETS + 10, 100))
    expect(told.length).toBeGreaterThanOrEqual(10)
    expect(new Set(told.map(({ code }) => code))).toEqual(new Set(['rate_limited']))
    const waits = told.map(({ retryAfterMs }) => retryAfterMs)
    expect(Math.min(...waits)).toBeGreaterThan(0)
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000)
    await new Promise((resolve) => setTimeout(resolve, Math.max(...waits)))
    peer.bytes(pings(20, 200))
    expect(errors(await answers(peer, 20, 200))).toEqual([])

    peer.bytes(pings(5 * SESSION_PACKETS, 1000))
    expect(await peer.closed).toMatchObject({ code: CODES.rate_exceeded.close })
    const answered = peer.frames.filter(({ requestId }) => requestId >= 1000).map(({ requestId }) => requestId)
    expect(answered, 'the answers before the close have no hole').toEqual(Array.from({ length: answered.length }, (_, i) => 1000 + i))
    expect(errors(peer.frames).length, 'the errors come before the close').toBeGreaterThan(0)
  })
})

test('bytes are limited too', async () => {
  const peer = await server.login('tcp', 'bytes')
  await nextWindow()
  const send = (id: number) => ({
    clientMessageId: `m${id}`,
    toUser: 'x',
    conversationId: '',
    contentType: '',
    content: new Uint8Array(15_000),
  })
  for (const id of [2, 3, 4]) peer.send(Command.SEND, id, send(id))
  expect(errors(await answers(peer, 3, 2)).map(({ code }) => code)).toEqual(['rate_limited'])
  for (const id of [5, 6, 7, 8, 9, 10, 11, 12]) peer.send(Command.SEND, id, send(id))
  expect(await peer.closed).toMatchObject({ code: CODES.rate_exceeded.close })
})

test("a user's sessions share a limit, whatever the doors", async () => {
  const peers = await Promise.all(OWN_DOORS.map((door) => server.login(door, 'shared', { instanceId: door })))
  await nextWindow()
  for (const peer of peers) peer.bytes(pings(40, 100))
  const told = (await Promise.all(peers.map((peer) => answers(peer, 40, 100)))).flatMap(errors)
  expect(told.length, '120 packets where 80 are allowed').toBe(40)
  expect(told.every(({ code, retryAfterMs }) => code === 'rate_limited' && retryAfterMs > 0)).toBe(true)
  await nextWindow()
  for (const peer of peers) peer.bytes(pings(SESSION_PACKETS, 200))
  for (const peer of peers) peer.bytes(pings(SESSION_PACKETS, 300))
  expect(await Promise.race(peers.map(({ closed }) => closed))).toMatchObject({ code: CODES.rate_exceeded.close })
})

test('a user has so many sessions and no more', async () => {
  const peers = await Promise.all(['a', 'b', 'c'].map((instanceId) => server.login('tcp', 'many', { instanceId })))
  const fourth = await server.open('ws')
  await expect(fourth.login(await server.signer.token('many'), { instanceId: 'd' })).rejects.toThrow(String(CODES.too_many_sessions.close))
  // The same instance takes its own place; and a place that is free is given.
  await server.login('tcp', 'many', { instanceId: 'a' })
  peers[1]?.send(Command.LOGOUT, 2, {})
  await peers[1]?.closed
  await server.login('tcp', 'many', { instanceId: 'd' })
})

test('so many connections may wait for their LOGIN and no more; who is inside is not concerned', async () => {
  const inside = await server.login('tcp', 'inside')
  const waiting = await Promise.all(Array.from({ length: UNAUTHENTICATED }, () => rawSocket(server.core.tcp)))
  await expect.poll(() => server.core.metric('hawser_connections_unauthenticated')).toBe(UNAUTHENTICATED)
  expect(await closeCode(await rawSocket(server.core.tcp))).toBe(CODES.overloaded.close)
  expect(await (await server.open('ws')).closed).toMatchObject({ code: CODES.overloaded.close })
  await expect(server.open('tls')).rejects.toThrow()
  expect((await inside.ask(Command.PING, 5, {})).command).toBe(Command.PONG)
  waiting[0]?.destroy()
  await expect.poll(() => server.core.metric('hawser_connections_unauthenticated')).toBe(UNAUTHENTICATED - 1)
  const next = await server.login('tcp', 'next')
  next.end()
  for (const socket of waiting) socket.destroy()
})
