import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BodyOf, Command } from '../../shared/commands.ts'
import { directConversationId } from '../../shared/conversation-id.ts'
import { decodeBody, encodeFrame } from '../../shared/frame.ts'
import { type Attribute, DeviceClass, Direction } from '../../shared/gen/hawser.ts'
import { ANSWER_BYTES } from '../../tcp-core/log/reads/answer-items.ts'
import { type DoorName, House } from '../support/house.ts'
import { LoneCore } from '../support/lone-core.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import { DirectLog } from './direct-log.ts'

/** As long as names may be. */
const name = (text: string, i: number) => `${text}${i}`.padEnd(128, '.')
const attributes = (count: number): Attribute[] =>
  Array.from({ length: count }, (_, i) => ({ key: `${i}`.padEnd(64, 'k'), value: 'v'.repeat(1024) }))
const FULL_PROFILE = { name: 'n'.repeat(256), description: 'd'.repeat(4096), avatar: 'a'.repeat(2048), attributes: attributes(32) }
const GROUPS = 110
const REPLIES = 85
const FRIENDS = 500
const ALICE = name('alice', 0)
const BOB = name('bob', 0)
const friends = Array.from({ length: FRIENDS }, (_, i) => name('friend', i))

let house: House

beforeAll(async () => {
  house = await House.start({
    fill: (data) => {
      const log = new DirectLog(join(data, 'log.sqlite'))
      for (let i = 0; i < GROUPS; i++)
        log.change(name('owner', 1), `group/${i}`, { create: { ...FULL_PROFILE, members: [ALICE], settings: undefined } })
      const thread = log.say(ALICE, BOB, 'first')
      for (let i = 0; i < REPLIES; i++) log.say(ALICE, BOB, 'reply', { details: { thread, attributes: attributes(16) } })
      for (const friend of friends) {
        log.say(friend, ALICE, 'x')
        log.change(friend, 'own', { status: { text: 's'.repeat(256) } })
      }
      log.log.close()
    },
  })
})
afterAll(() => house.dispose())

/** Every page of an answer, each of a bounded size. */
async function pages<C extends Command>(
  peer: WirePeer,
  command: C,
  ask: (cursor: string) => BodyOf<C>,
  next: (body: Uint8Array) => string,
) {
  let cursor = ''
  let id = 100
  do {
    const { body } = await peer.ask(command, id++, ask(cursor))
    expect(body.length).toBeLessThanOrEqual(ANSWER_BYTES)
    cursor = next(body)
  } while (cursor !== '')
}

describe.each(['tcp', 'edge'] satisfies DoorName[])(
  'by %s the largest answers come in frames below every cap, and the session goes on:',
  (door) => {
    let alice: WirePeer
    let bystander: WirePeer
    beforeAll(async () => {
      alice = await house.login(door, ALICE)
      bystander = await house.login(door, 'bystander', { deviceId: door })
    })
    /** The session and its neighbour by the same door are as they were. */
    const goesOn = async () => {
      for (const peer of [alice, bystander]) expect((await peer.ask(Command.PING, 99, {})).command).toBe(Command.PONG)
    }

    test('a list of 110 groups with full profiles', async () => {
      const found: string[] = []
      await pages(
        alice,
        Command.SYNC,
        (cursor) => ({ list: { cursor, limit: 500 } }),
        (body) => {
          const { list } = decodeBody(Command.SYNC_ACK, body)
          found.push(...(list?.conversations ?? []).map(({ conversationId }) => conversationId))
          return list?.nextCursor ?? ''
        },
      )
      expect(found.filter((id) => id.startsWith('group/'))).toHaveLength(GROUPS)
      await goesOn()
    })

    test('a thread of 85 replies with all attributes', async () => {
      let found = 0
      const conversationId = directConversationId(ALICE, BOB)
      await pages(
        alice,
        Command.QUERY,
        (cursor) => ({ thread: { conversationId, thread: 1, fromSeq: Number(cursor), limit: 500 } }),
        (body) => {
          const { messages } = decodeBody(Command.QUERY_ACK, body)
          found += messages?.messages.length ?? 0
          return messages?.nextCursor ?? ''
        },
      )
      expect(found).toBe(REPLIES)
      await goesOn()
    })

    test('the presence of 500 users with the longest names and words', async () => {
      const { body } = await alice.ask(Command.WATCH, 2, { users: friends, unwatch: [] })
      expect(body.length).toBeLessThanOrEqual(ANSWER_BYTES)
      expect(decodeBody(Command.WATCH_ACK, body).presence.map(({ status }) => status.length)).toEqual(Array(FRIENDS).fill(256))
      await goesOn()
    })
  },
)

test('T3: an EVENT of all who are watched, and of as many as may be typing, is below the least cap of a frame', () => {
  const presence = friends.map((userId) => ({
    userId,
    online: Object.values(DeviceClass),
    lastSeen: 2 ** 53 - 1,
    status: '\u{10000}'.repeat(64),
  }))
  const typing = friends.slice(0, 100).map((userId) => ({ userId, conversationId: directConversationId(ALICE, userId), stopped: false }))
  expect(encodeFrame(Command.EVENT, 0, { typing, presence }).length).toBeLessThanOrEqual(ANSWER_BYTES)
})

test('S1: an edit may be as long as a message, whatever content an installation allows', async () => {
  const contentBytes = 200_000
  const core = await LoneCore.start({ HAWSER_MAX_CONTENT_BYTES: String(contentBytes) })
  try {
    const peer = await core.login('tcp', 'alice')
    const message = { toUser: 'bob', conversationId: '', contentType: '', sendAt: 0, details: undefined, change: undefined }
    const content = new Uint8Array(contentBytes)
    const said = await peer.ask(Command.SEND, 2, { ...message, clientMessageId: 'a', content })
    expect(said.command).toBe(Command.SEND_ACK)
    const edit = (bytes: number) => ({ edit: { seq: 1, contentType: '', content: new Uint8Array(bytes), mentions: undefined } })
    const none = new Uint8Array(0)
    const edited = await peer.ask(Command.SEND, 3, { ...message, clientMessageId: 'b', content: none, change: edit(contentBytes) })
    expect(edited.command).toBe(Command.SEND_ACK)
    const longer = await peer.ask(Command.SEND, 4, { ...message, clientMessageId: 'c', content: none, change: edit(contentBytes + 1) })
    expect(decodeBody(Command.ERROR, longer.body)).toMatchObject({ code: 'content_too_large', field: 'content' })
    const page = { withUser: 'bob', conversationId: '', direction: Direction.FORWARD, fromSeq: 0, limit: 10, epoch: 0, digest: 0 }
    const synced = decodeBody(Command.SYNC_ACK, (await peer.ask(Command.SYNC, 5, { page })).body)
    expect(synced.page?.messages.map(({ seq }) => seq)).toEqual([1])
  } finally {
    await core.dispose()
  }
})
