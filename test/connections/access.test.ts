import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { LoneCore } from '../support/lone-core.ts'
import { closeCode, rawSocket } from '../support/raw-socket.ts'
import { WirePeer } from '../support/wire-peer.ts'

let server: LoneCore
beforeAll(async () => {
  server = await LoneCore.start()
})
afterAll(() => server?.dispose())
afterEach(async () => {
  await server.core.admin('/access', { method: 'PUT', body: { allow: [], deny: [] } })
})

const DENIED = CODES.denied.close
const HERE = '127.0.0.50'
const THERE = '127.0.1.50'

async function loginFrom(localAddress: string, user: string): Promise<WirePeer> {
  const peer = WirePeer.over(await rawSocket(server.core.tcp, { localAddress }))
  await peer.login(await server.signer.token(user))
  return peer
}
const closeFrom = async (localAddress: string) => closeCode(await rawSocket(server.core.tcp, { localAddress }))

async function expectAlive(peer: WirePeer): Promise<void> {
  expect((await peer.ask(Command.PING, 4242, {})).command).toBe(Command.PONG)
}

test('a banned user: sessions on all doors end, a login is refused, a lifted ban lets in again', async () => {
  const peers = [await server.login('tcp', 'mallory', { instanceId: '1' }), await server.login('ws', 'mallory', { instanceId: '2' })]
  const other = await server.login('tcp', 'alice')
  const { status, body } = await server.core.admin('/bans', {
    method: 'POST',
    body: { subject: 'user:mallory', seconds: 60, reason: 'spam' },
  })
  const { ended, bans }: { ended: string[]; bans: { subject: string }[] } = body
  expect([status, ended.length, bans.map(({ subject }) => subject)]).toEqual([200, 2, ['user:mallory']])
  for (const peer of peers) expect(await peer.closed).toMatchObject({ code: DENIED })
  await expect(server.login('tls', 'mallory')).rejects.toThrow(String(DENIED))
  await expectAlive(other)
  expect((await server.core.admin('/bans/user:mallory', { method: 'DELETE' })).body).toEqual({ lifted: true })
  expect((await server.core.admin('/bans/user:mallory', { method: 'DELETE' })).status).toBe(404)
  await expectAlive(await server.login('tcp', 'mallory'))
})

test('a banned address: its sessions end, its connections are refused before a byte is read', async () => {
  const [here, there] = [await loginFrom(HERE, 'bob'), await loginFrom(THERE, 'carol')]
  await server.core.admin('/bans', { method: 'POST', body: { subject: '127.0.0.0/24', seconds: 60 } })
  expect(await here.closed).toMatchObject({ code: DENIED })
  expect(await closeFrom(HERE)).toBe(DENIED)
  await expectAlive(there)
  await server.core.admin(`/bans/${encodeURIComponent('127.0.0.0/24')}`, { method: 'DELETE' })
  await expectAlive(await loginFrom(HERE, 'bob'))
})

test('a ban that the disk does not take holds and says so, and is saved when the disk takes it', async () => {
  const mallory = await server.login('tcp', 'mallory')
  // What stands in the way of the file stands for a disk that is full.
  const inTheWay = join(server.core.data, 'access.json.new')
  mkdirSync(inTheWay)
  const { status, body } = await server.core.admin('/bans', { method: 'POST', body: { subject: 'user:mallory', seconds: 60 } })
  expect([status, body]).toEqual([
    503,
    expect.objectContaining({ error: expect.stringContaining('it holds, but the disk did not take it') }),
  ])
  expect(await mallory.closed).toMatchObject({ code: DENIED })
  rmSync(inTheWay, { recursive: true })
  const saved = () => readFileSync(join(server.core.data, 'access.json'), 'utf8')
  await expect.poll(saved, { timeout: 8000 }).toContain('user:mallory')
  expect((await server.core.admin('/bans/user:mallory', { method: 'DELETE' })).body).toEqual({ lifted: true })
})

test('a ban ends by itself', async () => {
  await server.core.admin('/bans', { method: 'POST', body: { subject: HERE, seconds: 0.6 } })
  expect(await closeFrom(HERE)).toBe(DENIED)
  await expect.poll(async () => (await server.core.admin('/bans')).body, { timeout: 3000 }).toEqual({ bans: [] })
  await expectAlive(await loginFrom(HERE, 'bob'))
})

test('deny and allow lists hold for those inside as well', async () => {
  const [here, there] = [await loginFrom(HERE, 'bob'), await loginFrom(THERE, 'carol')]
  await server.core.admin('/access', { method: 'PUT', body: { allow: [], deny: [THERE] } })
  expect(await there.closed).toMatchObject({ code: DENIED })
  expect(await closeFrom(THERE)).toBe(DENIED)
  await expectAlive(here)
  await server.core.admin('/access', { method: 'PUT', body: { allow: ['127.0.1.0/24'], deny: [] } })
  expect(await here.closed).toMatchObject({ code: DENIED })
  expect(await closeFrom(HERE)).toBe(DENIED)
  await expectAlive(await loginFrom(THERE, 'carol'))
})

test('rules that are none change nothing', async () => {
  const { status, text } = await server.core.admin('/access', { method: 'PUT', body: { allow: ['300.0.0.1'], deny: [] } })
  expect([status, text]).toEqual([400, expect.stringContaining('300.0.0.1')])
  expect((await server.core.admin('/access')).body).toEqual({ allow: [], deny: [] })
})

test('access.json is read again on SIGHUP, and ends the sessions it keeps out; a broken one changes nothing', async () => {
  const [here, there] = [await loginFrom(HERE, 'bob'), await loginFrom(THERE, 'carol')]
  const path = join(server.core.data, 'access.json')
  writeFileSync(path, JSON.stringify({ allow: [], deny: [HERE], bans: [] }))
  server.core.signal('SIGHUP')
  expect(await here.closed).toMatchObject({ code: DENIED })
  expect(await closeFrom(HERE)).toBe(DENIED)
  await expectAlive(there)

  writeFileSync(path, '{ "deny": ["no address"] }')
  server.core.signal('SIGHUP')
  await expect.poll(() => server.core.stderr, { timeout: 3000 }).toContain('access lists not reloaded')
  expect((await server.core.admin('/access')).body).toEqual({ allow: [], deny: [HERE] })
  expect(await closeFrom(HERE)).toBe(DENIED)
  await server.core.admin('/access', { method: 'PUT', body: { allow: [], deny: [] } })
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ allow: [], deny: [], bans: [] })
})

test('the admin door wants its key', async () => {
  const address = server.core.adminUrl
  for (const [path, headers, status] of [
    ['/healthz', {}, 200],
    ['/metrics', {}, 401],
    ['/sessions', { authorization: 'Bearer wrong' }, 401],
  ] as const) {
    expect((await fetch(`${address}${path}`, { headers })).status, path).toBe(status)
  }
})
