import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { encodeRawFrame } from '../../shared/frame.ts'
import { Direction } from '../../shared/gen/hawser.ts'
import { LoneCore } from '../support/lone-core.ts'
import type { WirePeer } from '../support/wire-peer.ts'

let server: LoneCore
beforeAll(async () => {
  server = await LoneCore.start({ HAWSER_LOG_LEVEL: 'debug' })
})
afterAll(() => server?.dispose())

const SECRET = 'the treasure is under the third palm ⚓'
const sendTo = (toUser: string, clientMessageId: string) => ({
  clientMessageId,
  toUser,
  conversationId: '',
  contentType: 'text/plain',
  content: Buffer.from(SECRET),
})
const answered = async (peer: WirePeer, requestId: number) => (await peer.next((frame) => frame.requestId === requestId)).command

test('every metric that docs/OPERATIONS.md names is there', async () => {
  const documented = new Set(readFileSync(new URL('../../docs/OPERATIONS.md', import.meta.url), 'utf8').match(/\bhawser_[a-z_]+/g))
  expect(documented.size).toBeGreaterThan(8)
  const { text } = await server.core.admin('/metrics')
  for (const name of documented) expect(text).toMatch(new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`, 'm'))
})

test('the metrics count right', async () => {
  const { metric } = { metric: (name: string, labels?: Record<string, string>) => server.core.metric(`hawser_${name}`, labels) }
  const [alice, bob, tab] = [
    await server.login('tcp', 'alice'),
    await server.login('ws', 'bob', { instanceId: '1' }),
    await server.login('tls', 'bob', { instanceId: '2' }),
  ]
  const waiting = await server.open('tcp')
  await waiting.ask(Command.PING, 1, {})
  expect(await metric('users')).toBe(2)
  for (const transport of ['tcp', 'ws', 'tls']) expect(await metric('sessions', { transport }), transport).toBe(1)
  expect(await metric('connections_unauthenticated')).toBe(1)

  for (const id of [1, 2, 3]) await alice.ask(Command.SEND, 10 + id, sendTo('bob', `m${id}`))
  await alice.ask(Command.SEND, 20, sendTo('bob', 'm3'))
  alice.bytes(encodeRawFrame(99, 21, new Uint8Array(0)))
  expect(await answered(alice, 21)).toBe(Command.ERROR)
  for (const peer of [bob, tab]) for (let i = 0; i < 3; i++) await peer.nextOf(Command.DELIVER)
  expect([await metric('messages_stored_total'), await metric('messages_repeated_total'), await metric('deliveries_total')]).toEqual([
    3, 1, 6,
  ])
  expect([await metric('errors_total', { code: 'command_unknown' }), await metric('gaps_total')]).toEqual([1, 0])
  // Three LOGIN, one PING, four SEND and one that is none; as many answers, and the deliveries.
  expect([await metric('frames_in_total'), await metric('frames_out_total')]).toEqual([9, 9 + 6])
  const sent = 4 * (12 + SECRET.length) // at the least
  expect(await metric('bytes_in_total')).toBeGreaterThan(sent)
  expect(await metric('bytes_out_total')).toBeGreaterThan(sent)
  expect(await metric('log_pending_bytes')).toBe(0)

  waiting.end()
  alice.send(Command.LOGOUT, 30, {})
  await alice.closed
  bob.end()
  await expect.poll(() => metric('sessions')).toBe(1)
  expect(await metric('session_duration_seconds_count', { reason: 'logged_out', transport: 'tcp' })).toBe(1)
  expect(await metric('session_duration_seconds_count', { reason: 'connection_lost', transport: 'ws' })).toBe(1)
  await expect.poll(() => metric('closes_before_login_total', { code: 'connection_lost' })).toBe(1)
  expect(await metric('connections_unauthenticated')).toBe(0)
  tab.end()
})

test('the log names sessions, users and addresses, and no token and no content', async () => {
  const token = await server.signer.token('carol')
  const peer = await server.open('tcp')
  const { sessionId } = await peer.login(token)
  await peer.ask(Command.SEND, 2, sendTo('dave', 'secret-1'))
  await peer.ask(Command.SEND, 3, { ...sendTo('dave', 'secret-1'), content: Buffer.from(`${SECRET}!`) })
  await peer.ask(Command.SEND, 4, sendTo('', 'secret-2'))
  const page = { conversationId: '', withUser: 'dave', direction: Direction.BACKWARD, fromSeq: 0, limit: 0, epoch: 0, digest: 0 }
  await peer.ask(Command.SYNC, 5, { page, list: undefined })
  const bad = `${token.slice(0, -6)}AAAAAA`
  for (const attempt of [bad, 'nonsense', await server.signer.token('erin', { expiresIn: '-1m' })]) {
    const stranger = await server.open('ws')
    await expect(stranger.login(attempt)).rejects.toThrow()
  }
  peer.bytes(encodeRawFrame(Command.SEND, 6, Buffer.from(SECRET)))
  await answered(peer, 6)
  peer.bytes(Buffer.from(SECRET))
  await peer.closed
  await expect.poll(() => server.core.stderr).toMatch(new RegExp(`"session":"${sessionId}".*"msg":"session ended"`))
  const log = server.core.stderr
  expect(log).toContain('"user":"carol"')
  expect(log).toContain('"remote":"127.0.0.1"')
  for (const line of log.trim().split('\n')) JSON.parse(line)
  const secrets = [
    token,
    bad,
    ...token.split('.'),
    'nonsense',
    SECRET,
    SECRET.slice(4, 20),
    Buffer.from(SECRET).toString('base64'),
    Buffer.from(SECRET).toString('hex'),
  ]
  for (const secret of secrets) expect(log.includes(secret), secret).toBe(false)
})
