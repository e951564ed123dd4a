import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { Direction } from '../../shared/gen/hawser.ts'
import { Program } from '../client/program.ts'
import { WatchedClient } from '../client/watched-client.ts'
import { CoreProcess } from '../support/core-process.ts'
import { type TokenSigner, tokenSigner } from '../support/tokens.ts'
import { WirePeer } from '../support/wire-peer.ts'
import { leafPage, overwritePage } from './pages.ts'
import { limitFiles, NO_LIMITS, NO_MOUNTS, TestDisk } from './test-disk.ts'

for (const reason of [NO_MOUNTS, NO_LIMITS]) if (reason) console.warn(`not run: ${reason}`)

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

/** A core whose data folder is on a disk of its own. */
async function coreOn(mount?: (folder: string) => Promise<TestDisk>) {
  const signer = tokenSigner()
  const core = new CoreProcess({ tokenKey: signer.publicPem })
  cleanups.push(() => core.dispose())
  const disk = await mount?.(core.data)
  cleanups.push(async () => {
    await core.stop('SIGKILL')
    await disk?.unmount()
  })
  await core.start()
  // The keys that it made are to be on the disk before that fails.
  await disk?.sync()
  return { core, signer, disk: disk as TestDisk }
}

function client(core: CoreProcess, signer: TokenSigner, user: string): WatchedClient {
  const watched = new WatchedClient(`tcp://${core.tcp}`, { token: () => signer.token(user), backoff: { baseMs: 10, maxMs: 50 } })
  cleanups.push(() => watched.client.close())
  return watched
}

const health = async (core: CoreProcess) =>
  (await core.admin('/healthz')) as { status: number; body: { ok: boolean; storage: { kind: string } } }

async function healthy(core: CoreProcess): Promise<void> {
  while ((await health(core)).status !== 200) await pause(50)
}

async function expectNothingWrong(core: CoreProcess): Promise<void> {
  const { body } = (await core.admin('/verify', { method: 'POST' })) as { body: { findings: string[] } }
  expect(body).toMatchObject({ findings: [] })
}

/** What every fault of the disk must be: refused, red, readable; then, without a restart, as if nothing had been. */
async function expectRecovery(
  { core, signer }: { core: CoreProcess; signer: TokenSigner },
  options: { kind: string; messages: number; bytes: number; breakIt: () => Promise<void>; mend: () => Promise<void> },
): Promise<void> {
  const alice = client(core, signer, 'alice')
  const bob = client(core, signer, 'bob')
  await Promise.all([alice.client.ready(), bob.client.ready()])
  const content = new Uint8Array(options.bytes).fill(97)
  const first = bob.next('message')
  await alice.client.send({ to: 'bob' }, 'before')
  await first
  await options.breakIt()

  // Bare frames see the error that the SDK's client waits out.
  const raw = await WirePeer.tcp(core.tcp)
  await raw.login(await signer.token('alice'), { deviceId: 'raw', instanceId: 'raw' })
  cleanups.push(() => raw.end())
  const acked: number[] = []
  const sends = Array.from({ length: options.messages }, (_, i) =>
    alice.client
      .send({ to: 'bob' }, { contentType: 'text/plain', content }, { clientMessageId: `m${i}` })
      .then(({ seq }) => acked.push(seq)),
  )
  const send = { clientMessageId: 'raw', toUser: 'bob', conversationId: '', contentType: '', content }
  for (const send of sends) send.catch(() => {}) // closed by a test that has failed before
  let refused = await raw.ask(Command.SEND, 7, send)
  while (refused.command === Command.SEND_ACK) {
    send.clientMessageId += '.'
    acked.push(decodeBody(Command.SEND_ACK, refused.body).seq)
    refused = await raw.ask(Command.SEND, 7, send)
  }
  expect(decodeBody(Command.ERROR, refused.body)).toMatchObject({ code: 'storage_unavailable', retryAfterMs: 1000 })
  const red = await health(core)
  expect([red.status, red.body.ok, red.body.storage.kind]).toEqual([503, false, options.kind])
  expect(await core.metric('hawser_storage_fault')).toBe(1)

  // Reads go on, and nobody was told of a message that is not on disk.
  const { messages } = await bob.client.history({ with: 'alice' }, { limit: 200 })
  expect(messages.at(-1)?.seq).toBe(acked.length + 1)
  expect(Math.max(...bob.seqs)).toBeLessThanOrEqual(acked.length + 1)
  const before = acked.length

  await options.mend()
  await Promise.all(sends)
  await healthy(core)
  const again = await raw.ask(Command.SEND, 8, send)
  expect(decodeBody(Command.SEND_ACK, again.body).duplicate).toBe(false)
  acked.push(decodeBody(Command.SEND_ACK, again.body).seq)
  expect(before, 'something waited for the disk').toBeLessThan(acked.length)

  const all = Array.from({ length: acked.length + 1 }, (_, i) => i + 1)
  expect(acked.toSorted((a, b) => a - b)).toEqual(all.slice(1))
  while (bob.seqs.length < all.length) await bob.next('message')
  expect(bob.seqs).toEqual(all)
  await expectNothingWrong(core)
  expect(core.stderr.match(/the log cannot be relied on/g)?.length, 'told once, not for each message').toBeLessThan(10)

  await core.stop('SIGKILL')
  await core.start()
  await client(core, signer, 'carol').client.ready()
  await expectNothingWrong(core)
}

test.skipIf(NO_MOUNTS)('a full disk, and one that fills in the middle of a commit', { timeout: 60_000 }, async () => {
  const on = await coreOn((folder) => TestDisk.memory(folder, 6))
  await expectRecovery(on, { kind: 'disk-full', messages: 150, bytes: 60_000, breakIt: async () => {}, mend: () => on.disk.resize(64) })
})

test.skipIf(NO_LIMITS)('a file that cannot be written (I/O error)', { timeout: 60_000 }, async () => {
  const on = await coreOn()
  const { pid } = on.core
  await expectRecovery(on, {
    kind: 'io-error',
    messages: 20,
    bytes: 100,
    breakIt: () => limitFiles(pid, 4096),
    mend: () => limitFiles(pid, undefined),
  })
})

test.skipIf(NO_MOUNTS)('a file system that turns read-only, and is mounted anew', { timeout: 60_000 }, async () => {
  const on = await coreOn((folder) => TestDisk.loop(folder))
  await expectRecovery(on, { kind: 'read-only', messages: 20, bytes: 100, breakIt: () => on.disk.abort(), mend: () => on.disk.remount() })
})

test('a corrupt page costs what is on it: verify finds it, other conversations go on', async () => {
  const { core, signer } = await coreOn()
  const alice = client(core, signer, 'alice')
  await alice.client.ready()
  for (const to of ['bob', 'carol']) {
    await Promise.all(Array.from({ length: 200 }, (_, i) => alice.client.send({ to }, `${to} ${i} ${'x'.repeat(200)}`)))
  }
  await alice.client.close()
  await core.stop()
  const path = join(core.data, 'log.sqlite')
  overwritePage(path, leafPage(path, 'message', 3))

  await core.start()
  const raw = await WirePeer.tcp(core.tcp)
  cleanups.push(() => raw.end())
  await raw.login(await signer.token('alice'))
  const query = { conversationId: '', direction: Direction.FORWARD, fromSeq: 0, limit: 200, epoch: 0, digest: 0 }
  const ofBob = await raw.ask(Command.SYNC, 2, { page: { ...query, withUser: 'bob' }, list: undefined })
  expect(decodeBody(Command.ERROR, ofBob.body).code).toBe('storage_unavailable')
  const ofCarol = await raw.ask(Command.SYNC, 3, { page: { ...query, withUser: 'carol' }, list: undefined })
  expect(decodeBody(Command.SYNC_ACK, ofCarol.body).page?.messages.length).toBe(200)
  const send = { clientMessageId: 'x', conversationId: '', contentType: '', content: Buffer.from('on') }
  const stored = await raw.ask(Command.SEND, 4, { ...send, toUser: 'carol' })
  expect(decodeBody(Command.SEND_ACK, stored.body).seq).toBe(201)
  const red = await health(core)
  expect([red.status, red.body.storage.kind]).toEqual([503, 'corrupt'])
  const checked = await new Program(['verify', core.data]).ended
  expect([checked.status, checked.stderr]).toEqual([1, ''])
  expect(checked.stdout).toMatch(/message.*(malformed|btreeInitPage|page)/)
})
