import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ClientOptions, type ConversationHandle, RequestError, roleName } from '../../client/node.ts'
import { LoneCore } from '../support/lone-core.ts'
import { WatchedClient } from './watched-client.ts'

let core: LoneCore

beforeAll(async () => {
  core = await LoneCore.start()
}, 60_000)

afterAll(() => core.dispose())

/** A client of a user that no other test has, online. */
async function signIn(user: string, options: Partial<ClientOptions> = {}): Promise<WatchedClient> {
  const token = async () => core.signer.token(user)
  const watched = new WatchedClient(`tcp://${core.address('tcp')}`, { token, ...options })
  await watched.client.ready()
  return watched
}

/** The fields of the changes that a client was told of in a conversation, by seq. */
const told = ({ changes }: WatchedClient, { id }: ConversationHandle) =>
  changes.filter(({ conversationId }) => conversationId === id).map(({ seq, by, change }) => [seq, by, Object.keys(defined(change))[0]])

const defined = (value: object) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined))

test('what is done to a group comes to its members among the messages, and to the one who does it once acknowledged', async () => {
  await using ann = await signIn('ann')
  await using annsPhone = await signIn('ann', { deviceClass: 'phone' })
  await using ben = await signIn('ben')
  const settings = { invite: 'admin', open: true } as const
  const group = await ann.client.createGroup({ id: 'crew', name: 'Crew', attributes: { colour: 'red' }, settings, members: ['ben'] })
  expect(group.id).toBe('group/crew')
  expect(told(ann, group)).toEqual([[1, 'ann', 'create']])
  const sent = await group.send('hello @ben', { mentions: ['ben'], attributes: { mood: 'good' } })
  await group.update({ name: 'The crew', attributes: { colour: '' } })
  const promoted = ben.next('change', ({ change }) => change.role !== undefined)
  await group.setRole('ben', 'admin')
  await promoted
  const added = ann.next('change', ({ seq }) => seq === 5)
  await ben.client.conversation(group.id).add(['cleo'])
  await added

  const all = [
    [1, 'ann', 'create'],
    [3, 'ann', 'update'],
    [4, 'ann', 'role'],
    [5, 'ben', 'add'],
  ]
  for (const client of [ann, annsPhone, ben]) {
    if (told(client, group).length < 4) await client.next('change', ({ seq }) => seq === 5)
    expect(told(client, group)).toEqual(all)
  }
  expect(ann.messages).toEqual([])
  for (const { messages } of [annsPhone, ben]) {
    expect(messages).toMatchObject([{ seq: 2, from: 'ann', peer: '', text: 'hello @ben', mentions: ['ben'], attributes: { mood: 'good' } }])
  }
  expect(roleName(ben.changes[2]?.change.role?.role ?? 0)).toBe('admin')

  expect(await group.info()).toMatchObject({
    name: 'The crew',
    attributes: {},
    owner: 'ann',
    role: 'owner',
    memberCount: 3,
    settings: { send: 'member', invite: 'admin', mute: 'admin', open: true, hideHistory: false },
  })
  const { members, nextCursor } = await group.members({ limit: 2 })
  expect(members).toMatchObject([
    { userId: 'ann', role: 'owner' },
    { userId: 'ben', role: 'admin' },
  ])
  expect((await group.members({ cursor: nextCursor })).members).toMatchObject([{ userId: 'cleo', role: 'member' }])
  const [row] = (await ben.client.conversations()).conversations
  expect(row).toMatchObject({ conversationId: group.id, kind: 'group', unread: 1, mentions: 1, left: false, group: { name: 'The crew' } })
  expect(row?.lastMessage).toMatchObject({ seq: 5, change: { add: { users: ['cleo'] } } })
  await ben.client.markRead(group.id, sent.seq)
  expect(await group.readers(sent.seq)).toMatchObject({ readCount: 1, memberCount: 2, readers: [{ userId: 'ben', readSeq: 2 }] })
})

test('what the rules refuse rejects with its code, and is not sent again', async () => {
  await using dora = await signIn('dora')
  await using emil = await signIn('emil')
  const group = await dora.client.createGroup({ name: 'Rules', members: ['emil'] })
  const emils = emil.client.conversation(group.id)
  const code = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof RequestError ? error.code : error),
    )
  expect(await code(emils.update({ name: 'mine' }))).toBe('forbidden')
  expect(await code(emils.setRole('dora', 'member'))).toBe('forbidden')
  expect(await code(dora.client.createGroup({ id: group.id.slice('group/'.length), name: 'again' }))).toBe('conversation_exists')
  await group.mute(['emil'], Date.now() + 3_600_000)
  expect(await code(emils.send('hm'))).toBe('muted')
  await group.mute(['emil'], 0)
  await group.muteAll(Date.now() + 3_600_000)
  expect(await code(emils.send('hm'))).toBe('muted')
  expect(await code(group.send('listen'))).toBe('done')
  await expect(group.mute([], 0)).rejects.toThrow('nobody is named')
  expect(await code(group.leave())).toBe('forbidden')
  await group.transfer('emil')
  await group.leave()
  await emils.dissolve()
  expect(await code(emils.send('hm'))).toBe('forbidden')
  await using nobody = await signIn('nobody')
  expect(await code(nobody.client.conversation(group.id).info())).toBe('conversation_unknown')
  expect(await code(nobody.client.conversation(group.id).history())).toBe('conversation_unknown')
})

test('whoever comes late gets all of before, in order and quickly; with hideHistory nothing of it', { timeout: 60_000 }, async () => {
  const LONG = 2_000
  await using fred = await signIn('fred')
  await using gina = await signIn('gina')
  const [open, closed] = await Promise.all([
    fred.client.createGroup({ name: 'Open', settings: { open: true } }),
    fred.client.createGroup({ name: 'Closed', settings: { hideHistory: true } }),
  ])
  await Promise.all(Array.from({ length: LONG }, (_, index) => open.send(`${index}`)))
  await Promise.all(Array.from({ length: 50 }, (_, index) => closed.send(`${index}`)))

  const hidden = gina.next('message')
  await closed.add(['gina'])
  await closed.send('welcome')
  expect(await hidden).toMatchObject({ conversationId: closed.id, seq: 53, text: 'welcome' })
  expect(told(gina, closed)).toEqual([[52, 'fred', 'add']])
  expect((await gina.client.conversation(closed.id).history({ after: 0 })).messages.map(({ seq }) => seq)).toEqual([52, 53])
  expect((await gina.client.conversations()).conversations[0]).toMatchObject({ conversationId: closed.id, beginSeq: 51 })

  const joined = gina.next('change', ({ change }) => change.join !== undefined)
  await gina.client.conversation(open.id).join()
  expect(await joined).toMatchObject({ conversationId: open.id, seq: LONG + 2, by: 'gina' })
  expect(gina.messages.slice(1).map(({ text }) => text)).toEqual(Array.from({ length: LONG }, (_, index) => `${index}`))
  const next = gina.next('message')
  await open.send('and on')
  expect(await next).toMatchObject({ seq: LONG + 3, text: 'and on' })
})

test('whoever is removed sees that as the last, keeps what was said, and is told of nothing more', async () => {
  await using hans = await signIn('hans')
  await using ines = await signIn('ines')
  const group = await hans.client.createGroup({ name: 'Few', members: ['ines'] })
  const removed = ines.next('change', ({ change }) => change.remove !== undefined)
  await group.send('one')
  await group.remove(['ines'])
  expect(await removed).toMatchObject({ seq: 3, by: 'hans' })
  await group.send('two')
  // Another connection, whose list tells her of a group that goes on without her.
  const again = ines.next('state', (state) => state === 'online')
  await core.core.stop('SIGKILL')
  await core.core.start()
  await Promise.all([again, hans.client.ready()])
  const [row] = (await ines.client.conversations()).conversations
  expect(row).toMatchObject({ conversationId: group.id, left: true, lastSeq: 3, group: { name: 'Few', role: undefined } })
  const { messages, more } = await ines.client.conversation(group.id).history()
  const asPage = [
    [1, true],
    [2, false],
    [3, true],
  ]
  expect([messages.map(({ seq, change }) => [seq, change !== undefined]), more]).toEqual([asPage, false])
  expect([ines.seqs, told(ines, group).map(([seq]) => seq)]).toEqual([[2], [1, 3]])
  // Back again, with what was said meanwhile.
  const back = ines.next('change', ({ change }) => change.add !== undefined)
  await group.add(['ines'])
  expect(await back).toMatchObject({ seq: 5 })
  expect(ines.messages.map(({ seq, text }) => [seq, text])).toEqual([
    [2, 'one'],
    [4, 'two'],
  ])
})
