import { expect, test } from 'vitest'
import { DisconnectedError } from '../../client/node.ts'
import { Command } from '../../shared/commands.ts'
import { DeviceClass, type FleetingEvent } from '../../shared/gen/hawser.ts'
import { ManualClock } from './manual-clock.ts'
import { message, type ScriptedConnection, ScriptedServer } from './scripted-server.ts'
import { WatchedClient } from './watched-client.ts'

const ID = 'dm/alice/bob'
const presence = (userId: string, online: DeviceClass[]) => ({ userId, online, lastSeen: online.length > 0 ? 0 : 7, status: 'away' })
const event = (fields: Partial<FleetingEvent>): FleetingEvent => ({ typing: [], presence: [], ...fields })

const ANYTHING_MOVED = { conversationId: '', lastSeq: 0 }

async function watched(connection: ScriptedConnection): Promise<string[]> {
  const { requestId, body } = await connection.next(Command.WATCH)
  connection.send(Command.WATCH_ACK, requestId, { presence: body.users.map((user) => presence(user, [DeviceClass.PHONE])) })
  return body.users
}

async function joined(connection: ScriptedConnection): Promise<string> {
  const { requestId, body } = await connection.next(Command.ROOM)
  connection.send(Command.ROOM_ACK, requestId, { roomId: body.roomId, sessions: 3 })
  return `${body.leave ? 'left' : 'joined'} ${body.roomId}`
}

test('T1: typing is said once in three seconds for each conversation, and its end only where it was said', async () => {
  await using server = await ScriptedServer.start()
  const clock = new ManualClock()
  await using alice = new WatchedClient(server.url, { clock })
  const bob = alice.client.conversation({ with: 'bob' })
  bob.typing() // nobody to tell, and not known yet who is typing
  const connection = await server.session('alice')
  await alice.client.ready()
  expect(bob.id).toBe(ID)
  bob.stoppedTyping()
  for (let i = 0; i < 10; i++) {
    bob.typing()
    clock.advance(400)
  }
  alice.client.conversation(ID).stoppedTyping()
  bob.stoppedTyping()
  bob.typing()
  alice.client.conversation('group/g').typing()
  const said = []
  for (let i = 0; i < 5; i++) said.push((await connection.next(Command.TYPING)).body)
  expect(said.map(({ conversationId, stopped }) => [conversationId, stopped])).toEqual([
    [ID, false],
    [ID, false],
    [ID, true],
    [ID, false],
    ['group/g', false],
  ])
  connection.destroy()
})

test('what comes by EVENT is told as what it is', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const connection = await server.session('alice')
  await alice.client.ready()
  const seen: unknown[] = []
  for (const name of ['receipt', 'typing', 'presence', 'roomMessage', 'broadcast'] as const) {
    alice.client.on(name, (value) => seen.push([name, value]))
  }
  const last = alice.next('broadcast')
  const typing = ['bob', 'carol'].map((userId) => ({ conversationId: 'group/g', userId, stopped: userId === 'carol' }))
  const { contentType, content } = message(1)
  connection.send(
    Command.EVENT,
    0,
    event({ typing, presence: [presence('bob', [DeviceClass.WEB, DeviceClass.PHONE]), presence('carol', [])] }),
  )
  connection.send(Command.EVENT, 0, event({ roomMessage: { roomId: 'r', sender: 'bob', sentAt: 5, contentType, content } }))
  connection.send(Command.EVENT, 0, event({ broadcast: { sentAt: 6, contentType: 'application/x', content } }))
  await last
  expect(seen).toEqual([
    ['typing', typing[0]],
    ['typing', typing[1]],
    ['presence', { userId: 'bob', online: ['web', 'phone'], lastSeen: 0, status: 'away' }],
    ['presence', { userId: 'carol', online: [], lastSeen: 7, status: 'away' }],
    ['roomMessage', { roomId: 'r', from: 'bob', sentAt: 5, contentType: 'text/plain', content: expect.anything(), text: 'text 1' }],
    ['broadcast', { sentAt: 6, contentType: 'application/x', content: expect.anything(), text: '' }],
  ])
  connection.destroy()
})

test('T2: whom the client watches is said again after a reconnect and after a GAP without a conversation', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const first = await server.session('alice')
  await alice.client.ready()
  const asked = alice.client.watch(['bob', 'carol'])
  expect(await watched(first)).toEqual(['bob', 'carol'])
  expect(await asked).toEqual([
    { userId: 'bob', online: ['phone'], lastSeen: 0, status: 'away' },
    { userId: 'carol', online: ['phone'], lastSeen: 0, status: 'away' },
  ])
  const unwatched = alice.client.unwatch(['bob'])
  const { requestId, body } = await first.next(Command.WATCH)
  expect(body).toEqual({ users: [], unwatch: ['bob'] })
  first.send(Command.WATCH_ACK, requestId, { presence: [] })
  await unwatched
  const refused = alice.client.watch(['dave'])
  const tooMany = await first.next(Command.WATCH)
  first.send(Command.ERROR, tooMany.requestId, { code: 'limit_reached', message: 'too many', field: 'users', retryAfterMs: 0 })
  await expect(refused).rejects.toThrow('too many')
  first.destroy()

  const second = await server.accept()
  await second.login('alice')
  const heard = alice.next('presence')
  // What may pass is waited for.
  const busy = await second.next(Command.WATCH)
  await second.list([])
  second.send(Command.ERROR, busy.requestId, { code: 'rate_limited', message: 'slowly', field: '', retryAfterMs: 1 })
  expect(await watched(second)).toEqual(['carol'])
  expect(await heard).toMatchObject({ userId: 'carol', online: ['phone'] })
  second.send(Command.GAP, 0, ANYTHING_MOVED)
  expect(await watched(second)).toEqual(['carol'])
  await second.list([])
  second.destroy()
})

test('T4: rooms are joined again by each session; a message to one is sent now or never', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  await expect(alice.client.publish('news', 'early')).rejects.toThrow(DisconnectedError)
  const first = await server.session('alice')
  await alice.client.ready()
  for (const room of ['news', 'sport']) {
    const join = alice.client.joinRoom(room)
    expect(await joined(first)).toBe(`joined ${room}`)
    expect(await join).toEqual({ sessions: 3 })
  }
  const left = alice.client.leaveRoom('sport')
  expect(await joined(first)).toBe('left sport')
  await left
  const published = alice.client.publish('news', 'hello')
  const publish = await first.next(Command.PUBLISH)
  expect([publish.body.roomId, new TextDecoder().decode(publish.body.content)]).toEqual(['news', 'hello'])
  first.send(Command.PUBLISH_ACK, publish.requestId, { sessions: 2 })
  expect(await published).toEqual({ sessions: 2 })
  const lost = alice.client.publish('news', 'lost')
  await first.next(Command.PUBLISH)
  first.destroy()
  await expect(lost).rejects.toThrow(DisconnectedError)

  const second = await server.accept()
  await second.login('alice')
  expect(await joined(second)).toBe('joined news')
  await second.list([])
  await alice.client.ready()
  const unsure = alice.client.publish('news', 'unsure')
  await second.next(Command.PUBLISH)
  second.send(Command.GAP, 0, ANYTHING_MOVED)
  await expect(unsure).rejects.toThrow(DisconnectedError)
  expect(await joined(second)).toBe('joined news')
  await second.list([])
  second.destroy()
})
