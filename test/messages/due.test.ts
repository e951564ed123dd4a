import { afterEach, beforeAll, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { CoreProcess } from '../support/core-process.ts'
import { type TokenSigner, tokenSigner } from '../support/tokens.ts'
import { textOf } from './direct-log.ts'
import { DETAILS, Peer } from './peers.ts'

let signer: TokenSigner
beforeAll(() => {
  signer = tokenSigner()
})
const cores: CoreProcess[] = []
afterEach(async () => {
  for (const core of cores.splice(0)) await core.dispose()
})

async function startCore(env: Record<string, string> = {}): Promise<CoreProcess> {
  const core = await CoreProcess.start({ tokenKey: signer.publicPem, env })
  cores.push(core)
  return core
}

/** Asks until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50))
}

test('S6: a scheduled message comes at its time, to all sessions also of its sender, and to a group', { timeout: 60_000 }, async () => {
  const core = await startCore()
  const alice = await Peer.login(core, signer, 'alice')
  const window = await Peer.login(core, signer, 'alice', 'another window')
  const bob = await Peer.login(core, signer, 'bob')
  const create = { name: 'g', description: '', avatar: '', attributes: [], members: ['bob'] }
  await alice.begin({ conversationId: 'group/g', change: { create } })
  await bob.delivered()
  const sendAt = Date.now() + 1500
  const ack = await alice.send('bob', 'good morning', { clientMessageId: 'm', sendAt })
  expect(ack).toMatchObject({ seq: 0, scheduledFor: sendAt, conversationId: 'dm/alice/bob', duplicate: false })
  await alice.send('', 'all of you', { conversationId: 'group/g', sendAt: sendAt + 10 })
  const waiting = await alice.query({ scheduled: { cursor: '' } })
  expect(waiting.scheduled?.scheduled).toMatchObject([{ clientMessageId: 'm', sendAt }, { conversationId: 'group/g' }])
  const got = await bob.delivered()
  expect(got).toMatchObject({ conversationId: 'dm/alice/bob', seq: 1, sender: 'alice', clientMessageId: 'm', contentType: 'text/plain' })
  expect([got.sentAt >= sendAt, textOf(got)]).toEqual([true, 'good morning'])
  expect(await bob.delivered()).toMatchObject({ conversationId: 'group/g', seq: 2 })
  expect(await alice.delivered()).toMatchObject({ conversationId: 'dm/alice/bob', seq: 1 })
  expect(await window.delivered()).toMatchObject({ conversationId: 'group/g', seq: 1 })
  expect(await window.delivered()).toMatchObject({ conversationId: 'dm/alice/bob', seq: 1 })
  expect((await alice.query({ scheduled: { cursor: '' } })).scheduled?.scheduled).toEqual([])
})

test('S6: what is refused at its time stays with its reason, all devices of its sender hear of it, and he sends it again', {
  timeout: 60_000,
}, async () => {
  const core = await startCore({ HAWSER_LOG_LEVEL: 'info' })
  const alice = await Peer.login(core, signer, 'alice')
  const window = await Peer.login(core, signer, 'alice', 'another window')
  const bob = await Peer.login(core, signer, 'bob')
  const block = (removed: boolean) => bob.begin({ conversationId: 'own/bob', change: { block: { user: 'alice', removed } } })
  await alice.send('bob', 'unwanted', { clientMessageId: 'm', sendAt: Date.now() + 1000 })
  await block(false)
  const unsent = { clientMessageId: 'm', conversationId: 'dm/alice/bob', code: 'blocked', nextTryAt: 0 }
  for (const device of [alice, window]) {
    expect(await device.delivered()).toMatchObject({ conversationId: 'own/alice', sender: 'alice', change: { unsent } })
  }
  const waiting = async () => (await alice.query({ scheduled: { cursor: '' } })).scheduled?.scheduled
  expect(await waiting()).toMatchObject([{ clientMessageId: 'm', refusal: 'blocked', nextTryAt: 0 }])
  expect(await bob.page('dm/alice/bob')).toEqual([])
  // One who was away pulls it.
  expect((await window.page('own/alice')).at(-1)?.change).toMatchObject({ unsent })
  await block(true)
  await alice.begin({ conversationId: 'own/alice', change: { reschedule: { clientMessageId: 'm', sendAt: 0 } } })
  await until(async () => (await bob.page('dm/alice/bob')).length === 1)
  expect(await waiting()).toEqual([])
})

test('S6: what is refused for a time is tried again when that is over', { timeout: 60_000 }, async () => {
  const core = await startCore()
  const [alice, bob] = [await Peer.login(core, signer, 'alice'), await Peer.login(core, signer, 'bob')]
  const conversationId = 'group/g'
  await bob.begin({ conversationId, change: { create: { name: 'g', description: '', avatar: '', attributes: [], members: ['alice'] } } })
  const until = Date.now() + 3000
  const sendAt = Date.now() + 700
  await alice.begin({ conversationId, content: Buffer.from('patient'), clientMessageId: 'm', sendAt })
  await bob.begin({ conversationId, change: { mute: { users: ['alice'], until } } })
  const unsent = await alice.deliveredOf(({ change }) => change?.unsent !== undefined)
  expect(unsent.change?.unsent).toMatchObject({ clientMessageId: 'm', code: 'muted' })
  expect(unsent.change?.unsent?.nextTryAt).toBeGreaterThanOrEqual(until)
  const sent = await bob.deliveredOf(({ clientMessageId }) => clientMessageId === 'm')
  expect(sent.sentAt).toBeGreaterThanOrEqual(until)
  expect((await alice.query({ scheduled: { cursor: '' } })).scheduled?.scheduled).toEqual([])
})

test('S6: while its sender is banned nothing is sent; afterwards he finds it with its reason', { timeout: 60_000 }, async () => {
  const core = await startCore({ HAWSER_LOG_LEVEL: 'info' })
  const [alice, bob] = [await Peer.login(core, signer, 'alice'), await Peer.login(core, signer, 'bob')]
  await alice.send('bob', 'spam', { clientMessageId: 'm', sendAt: Date.now() + 1000 })
  await core.admin('/bans', { method: 'POST', body: { subject: 'user:alice', seconds: 60 } })
  await until(async () => core.stderr.includes('a scheduled message was refused'))
  await core.admin(`/bans/${encodeURIComponent('user:alice')}`, { method: 'DELETE' })
  const again = await Peer.login(core, signer, 'alice')
  await until(async () => (await again.page('own/alice')).length === 1)
  expect((await again.query({ scheduled: { cursor: '' } })).scheduled?.scheduled).toMatchObject([
    { clientMessageId: 'm', refusal: 'forbidden' },
  ])
  expect(await bob.page('dm/alice/bob')).toEqual([])
})

test('S6: what is due is sent once, however often the core is killed meanwhile', { timeout: 120_000 }, async () => {
  const core = await startCore()
  let alice = await Peer.login(core, signer, 'alice')
  // A hundred wait for a user at most.
  const users = ['alice', 'carol', 'dave']
  const sendAt = Date.now() + 3000
  for (const user of users) {
    const peer = user === 'alice' ? alice : await Peer.login(core, signer, user)
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => peer.send('bob', `${i}`, { clientMessageId: `m${i}`, sendAt, details: DETAILS })),
    )
  }
  // The first kill while all wait, the others while they are being sent.
  await core.stop('SIGKILL')
  for (let kill = 0; kill < 3; kill++) {
    await core.start()
    const bob = await Peer.login(core, signer, 'bob')
    await Promise.race([bob.wire.nextOf(Command.DELIVER).catch(() => {}), until(async () => Date.now() > sendAt + 1000)])
    await core.stop('SIGKILL')
  }
  await core.start()
  alice = await Peer.login(core, signer, 'alice')
  await until(async () => (await alice.query({ scheduled: { cursor: '' } })).scheduled?.scheduled.length === 0)
  const bob = await Peer.login(core, signer, 'bob')
  for (const user of users) {
    const conversationId = user < 'bob' ? `dm/${user}/bob` : `dm/bob/${user}`
    await until(async () => (await bob.page(conversationId)).length >= 100)
    expect((await bob.page(conversationId)).map(({ clientMessageId }) => clientMessageId).toSorted()).toEqual(
      Array.from({ length: 100 }, (_, i) => `m${i}`).toSorted(),
    )
  }
})

test('S5: a message that disappears is out of the log soon after, also where no core ran at its time', { timeout: 60_000 }, async () => {
  const core = await startCore()
  let [alice, bob] = [await Peer.login(core, signer, 'alice'), await Peer.login(core, signer, 'bob')]
  const expiresAt = Date.now() + 1000
  await alice.send('bob', 'soon gone', { details: { ...DETAILS, expiresAt } })
  expect((await bob.delivered()).details).toMatchObject({ expiresAt })
  const { messageId } = await alice.send('bob', 'gone after a night', { details: { ...DETAILS, expiresAt: expiresAt + 1000 } })
  const bytes = async (id: string) => ((await core.admin(`/trace/${id}`)).body as { contentBytes: number }).contentBytes
  const first = (await bob.page('dm/alice/bob'))[0]?.messageId ?? ''
  expect(await bytes(first)).toBe(9)
  await until(async () => (await bytes(first)) === 0)
  await core.stop('SIGKILL')
  await until(async () => Date.now() > expiresAt + 1000)
  await core.start()
  await until(async () => (await bytes(messageId)) === 0)
  ;[alice, bob] = [await Peer.login(core, signer, 'alice'), await Peer.login(core, signer, 'bob')]
  expect((await bob.page('dm/alice/bob')).map(({ aftermath }) => aftermath?.expired)).toEqual([true, true])
  expect((await core.admin('/metrics')).status).toBe(200)
})
