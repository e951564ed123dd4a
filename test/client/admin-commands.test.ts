import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { CoreProcess } from '../support/core-process.ts'
import { type TokenSigner, tokenSigner } from '../support/tokens.ts'
import { WirePeer } from '../support/wire-peer.ts'

const bin = new URL('../../cli/bin.js', import.meta.url).pathname

let core: CoreProcess
let signer: TokenSigner
beforeAll(async () => {
  signer = tokenSigner()
  core = await CoreProcess.start({ tokenKey: signer.publicPem })
})
afterAll(() => core?.dispose())

async function hawser(...args: string[]): Promise<{ stdout: string; stderr: string; status: number }> {
  const child = spawn(process.execPath, [bin, ...args, '--admin', core.adminUrl, '--data', core.data])
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const [status] = (await once(child, 'close')) as [number]
  return { stdout, stderr, status }
}

async function login(user: string): Promise<WirePeer> {
  const peer = await WirePeer.tcp(core.tcp)
  await peer.login(await signer.token(user))
  return peer
}

test('sessions: a table, and lines of JSON, filtered', async () => {
  const peers = [await login('alice'), await login('bob')]
  const { stdout, status } = await hawser('sessions')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^USER +DEVICE +CLASS +DOOR +ADDRESS/)
  expect(stdout).toMatch(/^alice +device +phone +tcp +127\.0\.0\.1 /m)
  const json = (text: string) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const bob = json((await hawser('sessions', '--json', '--user', 'bob')).stdout)
  expect(bob).toMatchObject([{ user: 'bob', transport: 'tcp', address: '127.0.0.1', packetsIn: 1, packetsOut: 1, ackWait: 0 }])
  expect(json((await hawser('sessions', '--json', '--transport', 'edge')).stdout)).toEqual([])
  expect(json((await hawser('sessions', '--json', '--address', '127.0.0.0/8')).stdout)).toHaveLength(2)
  expect(json((await hawser('sessions', '--json', '--address', '10.0.0.0/8')).stdout)).toEqual([])
  expect(await hawser('sessions', '--address', 'nonsense')).toMatchObject({ status: 1, stderr: expect.stringContaining('"nonsense"') })
  for (const peer of peers) peer.end()
})

test('kick ends the sessions of a user, and says when there are none', async () => {
  const peer = await login('carol')
  expect((await hawser('kick', '--user', 'carol')).status).toBe(0)
  expect((await peer.closed).code).toBe(CODES.kicked.close)
  expect(await hawser('kick', '--user', 'carol')).toMatchObject({ status: 1, stderr: expect.stringContaining('no such session') })
  expect((await hawser('kick')).status).toBe(2)
})

test('ban ends a session, keeps its user out, is listed and lifted', async () => {
  const peer = await login('mallory')
  const banned = await hawser('ban', 'user:mallory', '--for', '1h', '--reason', 'spam')
  expect(banned.stdout).toMatch(/user:mallory +\S+Z +spam/)
  expect((await peer.closed).code).toBe(CODES.denied.close)
  await expect(login('mallory')).rejects.toThrow(String(CODES.denied.close))
  expect((await hawser('ban')).stdout).toContain('user:mallory')
  expect((await hawser('ban', 'user:mallory', '--lift')).status).toBe(0)
  ;(await login('mallory')).end()
  expect((await hawser('ban', 'user:mallory', '--lift')).status).toBe(1)
  expect(await hawser('ban', '10.0.0.0/99')).toMatchObject({ status: 1, stderr: expect.stringContaining('10.0.0.0/99') })
})

test('access lists change without a restart, before a byte is read', async () => {
  const peer = await login('dave')
  expect(JSON.parse((await hawser('access', 'deny', 'add', '127.0.0.1')).stdout)).toEqual({ allow: [], deny: ['127.0.0.1'] })
  expect((await peer.closed).code).toBe(CODES.denied.close)
  const late = await WirePeer.tcp(core.tcp)
  expect((await late.closed).code).toBe(CODES.denied.close)
  await hawser('access', 'deny', 'remove', '127.0.0.1')
  ;(await login('dave')).end()
})

test('a wrong key is one clear line', async () => {
  expect(await hawser('sessions', '--admin-key', 'wrong')).toMatchObject({ status: 1, stderr: expect.stringMatching(/admin key.*wrong/) })
})
