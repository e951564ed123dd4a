import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClientOptions } from '../../client/node.ts'
import { Command } from '../../shared/commands.ts'
import { LoneCore } from '../support/lone-core.ts'
import { message, ScriptedServer } from './scripted-server.ts'
import { WatchedClient } from './watched-client.ts'

let core: LoneCore

beforeAll(async () => {
  core = await LoneCore.start()
}, 60_000)

afterAll(() => core.dispose())

function open(user: string, options: Partial<ClientOptions> = {}): WatchedClient {
  return new WatchedClient(`tcp://${core.address('tcp')}`, { token: async () => core.signer.token(user), ...options })
}

/** A client of a user that no other test has, online. */
async function signIn(user: string, options: Partial<ClientOptions> = {}): Promise<WatchedClient> {
  const watched = open(user, options)
  await watched.client.ready()
  return watched
}

test('a message tells what it has besides its content, and a page what has become of it', async () => {
  await using ann = await signIn('ann')
  await using ben = await signIn('ben')
  const toBen = ann.client.conversation({ with: 'ben' })
  const toAnn = ben.client.conversation({ with: 'ann' })
  const first = await toBen.send('one')
  const expiresAt = Date.now() + 3_600_000
  const forward = { conversationId: 'group/elsewhere', seq: 3, sender: 'cleo' }
  const details = { replyTo: first.seq, thread: first.seq, mentions: ['ben'], forward, attributes: { a: '1' }, expiresAt }
  const heard = ben.next('message', ({ seq }) => seq === 2)
  const second = await toBen.send({ contentType: 'text/markdown', content: new TextEncoder().encode('*two*') }, details)
  expect(await heard).toMatchObject({ ...details, text: '*two*', mentionAll: false, reactions: [], editedAt: 0, change: undefined })
  expect(ben.messages[0]).toMatchObject({ replyTo: 0, thread: 0, mentions: [], forward: undefined, attributes: {}, expiresAt: 0 })

  await toBen.edit(1, 'ONE')
  await toAnn.react(1, '👍')
  await toBen.react(1, '👍')
  await toBen.pin(1)
  const last = ben.next('change', ({ change }) => change.recall !== undefined)
  await toBen.recall(second.seq)
  expect(await last).toMatchObject({ conversationId: 'dm/ann/ben', seq: 7, by: 'ann', change: { recall: { seq: 2 } } })
  expect(ben.changes.map(({ seq }) => seq)).toEqual([3, 4, 5, 6, 7])
  expect(new TextDecoder().decode(ben.changes[0]?.change.edit?.content)).toBe('ONE')
  expect(ann.changes.map(({ seq, by }) => [seq, by])).toEqual([
    [3, 'ann'],
    [4, 'ben'],
    [5, 'ann'],
    [6, 'ann'],
    [7, 'ann'],
  ])

  const { messages } = await toAnn.history()
  expect(messages[0]).toMatchObject({ text: 'ONE', pinned: true, reactions: [{ key: '👍', count: 2, own: true }] })
  expect(messages[0]?.editedAt).toBeGreaterThan(0)
  expect(messages[1]).toMatchObject({ text: '', recalledBy: 'ann' })
  expect(messages[2]?.change).toMatchObject({ edit: { seq: 1 } })
  expect((await toAnn.pins()).map(({ seq }) => seq)).toEqual([1])
  expect((await toAnn.messages([1, 2, 99])).map(({ seq }) => seq)).toEqual([1, 2])
  // More than one question may ask for.
  const many = [1, ...Array.from({ length: 248 }, (_, i) => 100 + i), 2]
  expect((await toAnn.messages(many)).map(({ seq }) => seq)).toEqual([1, 2])
  expect((await toAnn.thread(1)).messages.map(({ seq }) => seq)).toEqual([2])
  expect(await toAnn.reactors(1, '👍', { limit: 1 })).toMatchObject({ users: ['ann'] })
  await toAnn.unreact(1, '👍')
  await toBen.unpin(1)
  expect(await toAnn.messages([1])).toMatchObject([{ pinned: false, reactions: [{ count: 1, own: false }] }])
  await expect(toAnn.edit(1, 'not mine')).rejects.toMatchObject({ code: 'forbidden' })
  await expect(toAnn.react(2, '👍')).rejects.toMatchObject({ code: 'message_unknown' })
})

test('what is scheduled is listed, taken back, and sent when its time comes, to this client too', async () => {
  await using carl = await signIn('carl')
  await using dora = await signIn('dora')
  const toDora = carl.client.conversation({ with: 'dora' })
  const later = await toDora.send('later', { clientMessageId: 'later', sendAt: Date.now() + 3_600_000, replyTo: 0 })
  expect(later).toMatchObject({ seq: 0, clientMessageId: 'later', scheduledFor: expect.any(Number) })
  expect(await carl.client.scheduled()).toMatchObject([{ clientMessageId: 'later', conversationId: 'dm/carl/dora', text: 'later' }])
  await carl.client.unschedule('later')
  expect(await carl.client.scheduled()).toEqual([])
  const both = [carl, dora].map((client) => client.next('message'))
  await toDora.send('soon', { sendAt: Date.now() + 300 })
  expect(await Promise.all(both)).toMatchObject([
    { seq: 1, from: 'carl', peer: 'dora', text: 'soon' },
    { seq: 1, from: 'carl', peer: 'carl', text: 'soon' },
  ])
})

test('what a user keeps for himself is on all his devices, and before the first login it waits for who that is', async () => {
  await using hugo = await signIn('hugo')
  await hugo.client.send({ to: 'emma' }, 'hello')
  await using phone = await signIn('emma', { deviceClass: 'phone' })
  await using emma = open('emma')
  const hugos = emma.client.conversation({ with: 'hugo' })
  expect(() => hugos.id).toThrow('after the first login')
  const synced = phone.next('change', ({ change }) => change.block !== undefined)
  const draft = hugos.set({ draft: 'Dear', pinned: true })
  const cleared = hugos.set({ clearedSeq: 1 })
  const blocked = emma.client.block('ivan')
  await Promise.all([draft, cleared, blocked, emma.client.ready()])
  await synced
  for (const { changes } of [phone, emma]) {
    expect(changes.map(({ conversationId, seq, change }) => [conversationId, seq, change.preference?.draft, change.block?.user])).toEqual([
      ['own/emma', 1, 'Dear', undefined],
      ['own/emma', 2, undefined, undefined],
      ['own/emma', 3, undefined, 'ivan'],
    ])
  }
  const { conversations } = await phone.client.conversations()
  expect(conversations.map(({ kind }) => kind)).toEqual(['own', 'direct'])
  expect(conversations[1]).toMatchObject({ beginSeq: 1, unread: 0, preference: { draft: 'Dear', pinned: true, clearedSeq: 1 } })
  expect(conversations[1]?.lastMessage).toBeUndefined()
  expect((await hugos.history()).messages).toEqual([])

  await using ivan = await signIn('ivan')
  await expect(ivan.client.send({ to: 'emma' }, 'hi')).rejects.toMatchObject({ code: 'blocked' })
  await emma.client.unblock('ivan')
  const asked = emma.next('change', ({ change }) => change.contact !== undefined)
  await ivan.client.conversation({ with: 'emma' }).requestContact('it is me')
  expect(await asked).toMatchObject({ by: 'ivan', change: { contact: { note: 'it is me' } } })
  expect(await emma.client.relations()).toEqual([{ userId: 'ivan', contact: 'wasAsked', blocked: false }])
  await emma.client.conversation({ with: 'ivan' }).acceptContact()
  expect(await ivan.client.relations()).toEqual([{ userId: 'emma', contact: 'contact', blocked: false }])
  await emma.client.setStatus({ text: 'here', audience: 'contacts' })
  expect(emma.changes.at(-1)).toMatchObject({ conversationId: 'own/emma', change: { status: { text: 'here', audience: 1 } } })
})

test('a change is sent again like a message, what is muted is not; a search gives messages', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const first = await server.session('alice')
  await alice.client.ready()
  const sent = alice.client.conversation('group/g').react(4, 'ok')
  const { body } = await first.next(Command.SEND)
  expect(body).toMatchObject({ conversationId: 'group/g', contentType: '', details: undefined, change: { react: { seq: 4, key: 'ok' } } })
  first.destroy()
  const second = await server.accept()
  await second.login('alice')
  const again = await second.next(Command.SEND)
  expect(again.body).toEqual(body)
  await second.list([])
  await alice.client.ready()
  second.send(Command.SEND_ACK, again.requestId, {
    conversationId: 'group/g',
    seq: 1,
    messageId: 'm1',
    sentAt: 9,
    durability: 1,
    duplicate: true,
    digest: 1,
  })
  expect(await sent).toMatchObject({ seq: 1, duplicate: true })
  expect(alice.changes).toMatchObject([{ conversationId: 'group/g', seq: 1, by: 'alice', at: 9, change: { react: { key: 'ok' } } }])

  const refused = alice.client.conversation('group/g').send('hm')
  const { requestId } = await second.next(Command.SEND)
  second.send(Command.ERROR, requestId, { code: 'muted', message: 'not now', field: '', retryAfterMs: 1 })
  await expect(refused).rejects.toMatchObject({ code: 'muted', retryAfterMs: 1 })
  const found = alice.client.search({ text: 'hello', sender: 'bob', limit: 5 })
  const query = await second.next(Command.QUERY)
  expect(query.body.search).toMatchObject({ text: 'hello', conversationId: '', sender: 'bob', sentFrom: 0, cursor: '', limit: 5 })
  second.send(Command.QUERY_ACK, query.requestId, { messages: { messages: [message(2)], nextCursor: 'more' } })
  expect(await found).toMatchObject({ messages: [{ seq: 2, from: 'bob', text: 'text 2' }], nextCursor: 'more' })
  second.destroy()
})
