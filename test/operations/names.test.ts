import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BodyOf, Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { type Change, type Details, DeviceClass, Direction, type GroupCreate, Intent, type Query, Role } from '../../shared/gen/hawser.ts'
import { LoneCore } from '../support/lone-core.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import { NO_DETAILS } from './operation.ts'
import { PROFILE } from './scene.ts'

/** What a field is: the characters and lengths it may have follow from it (N1 to N4). */
type Kind = 'user' | 'conversation' | 'id' | 'text' | 'lines'
type Request = { [C in Command]: { command: C; body: BodyOf<C> } }[Command]

interface Field {
  readonly message: string
  /** As the error names it. */
  readonly field: string
  readonly kind: Kind
  /** Of `id`, `text` and `lines`, in bytes. */
  readonly max?: number
  readonly mayBeEmpty?: boolean
  readonly request: (value: string) => Request
}

const GROUP = 'group/names'
const EMPTY = new Uint8Array(0)
let ids = 0

const send = (fields: Partial<BodyOf<typeof Command.SEND>>): Request => ({
  command: Command.SEND,
  body: { clientMessageId: `m${++ids}`, toUser: '', conversationId: '', contentType: '', content: EMPTY, ...fields },
})
const change = (what: Change, conversationId = GROUP) => send({ conversationId, change: what })
const own = (what: Change) => change(what, 'own/alice')
const detailed = (details: Partial<Details>) => send({ conversationId: GROUP, details: { ...NO_DETAILS, ...details } })
const query = (body: Query): Request => ({ command: Command.QUERY, body })
const page = (fields: { conversationId?: string; withUser?: string }): Request => ({
  command: Command.SYNC,
  body: { page: { conversationId: '', withUser: '', direction: Direction.FORWARD, fromSeq: 0, limit: 1, epoch: 0, digest: 0, ...fields } },
})
const create = (fields: Partial<GroupCreate>) => change({ create: { ...PROFILE, ...fields } }, `group/new-${++ids}`)
const paged = { cursor: '', limit: 1 }
const search = { text: 'a', conversationId: '', sender: '', sentFrom: 0, sentBefore: 0, ...paged }

const FIELDS: readonly Field[] = [
  { message: 'SEND', field: 'client_message_id', kind: 'id', max: 64, request: (value) => send({ clientMessageId: value, toUser: 'bob' }) },
  { message: 'SEND', field: 'to_user', kind: 'user', request: (value) => send({ toUser: value }) },
  {
    message: 'SEND',
    field: 'conversation_id',
    kind: 'conversation',
    mayBeEmpty: true,
    request: (value) => send({ conversationId: value }),
  },
  {
    message: 'SEND',
    field: 'content_type',
    kind: 'id',
    max: 128,
    mayBeEmpty: true,
    request: (value) => send({ toUser: 'bob', contentType: value }),
  },
  { message: 'SEND details', field: 'mentions', kind: 'user', request: (value) => detailed({ mentions: [value] }) },
  {
    message: 'SEND details',
    field: 'forward',
    kind: 'conversation',
    mayBeEmpty: true,
    request: (value) => detailed({ forward: { conversationId: value, seq: 1, sender: 'bob' } }),
  },
  {
    message: 'SEND details, sender of',
    field: 'forward',
    kind: 'user',
    mayBeEmpty: true,
    request: (value) => detailed({ forward: { conversationId: GROUP, seq: 1, sender: value } }),
  },
  {
    message: 'SEND details, key of',
    field: 'attributes',
    kind: 'text',
    max: 64,
    request: (key) => detailed({ attributes: [{ key, value: 'v' }] }),
  },
  {
    message: 'SEND details, value of',
    field: 'attributes',
    kind: 'text',
    max: 1024,
    mayBeEmpty: true,
    request: (value) => detailed({ attributes: [{ key: 'k', value }] }),
  },
  {
    message: 'create',
    field: 'conversation_id',
    kind: 'conversation',
    mayBeEmpty: true,
    request: (value) => change({ create: PROFILE }, value),
  },
  { message: 'create', field: 'name', kind: 'text', max: 256, mayBeEmpty: true, request: (name) => create({ name }) },
  {
    message: 'create',
    field: 'description',
    kind: 'lines',
    max: 4096,
    mayBeEmpty: true,
    request: (description) => create({ description }),
  },
  { message: 'create', field: 'avatar', kind: 'text', max: 2048, mayBeEmpty: true, request: (avatar) => create({ avatar }) },
  { message: 'create, members', field: 'users', kind: 'user', request: (value) => create({ members: [value] }) },
  {
    message: 'create, key of',
    field: 'attributes',
    kind: 'text',
    max: 64,
    request: (key) => create({ attributes: [{ key, value: 'v' }] }),
  },
  {
    message: 'create, value of',
    field: 'attributes',
    kind: 'text',
    max: 1024,
    mayBeEmpty: true,
    request: (value) => create({ attributes: [{ key: 'k', value }] }),
  },
  {
    message: 'update',
    field: 'name',
    kind: 'text',
    max: 256,
    mayBeEmpty: true,
    request: (name) => change({ update: { name, attributes: [] } }),
  },
  {
    message: 'update',
    field: 'description',
    kind: 'lines',
    max: 4096,
    mayBeEmpty: true,
    request: (description) => change({ update: { description, attributes: [] } }),
  },
  {
    message: 'update',
    field: 'avatar',
    kind: 'text',
    max: 2048,
    mayBeEmpty: true,
    request: (avatar) => change({ update: { avatar, attributes: [] } }),
  },
  {
    message: 'update, key of',
    field: 'attributes',
    kind: 'text',
    max: 64,
    request: (key) => change({ update: { attributes: [{ key, value: '' }] } }),
  },
  { message: 'add', field: 'users', kind: 'user', request: (value) => change({ add: { users: [value] } }) },
  { message: 'remove', field: 'users', kind: 'user', request: (value) => change({ remove: { users: [value] } }) },
  { message: 'ban', field: 'users', kind: 'user', request: (value) => change({ ban: { users: [value], removed: false } }) },
  {
    message: 'QUERY bans',
    field: 'conversation_id',
    kind: 'conversation',
    request: (conversationId) => query({ bans: { conversationId, ...paged } }),
  },
  {
    message: 'edit',
    field: 'mentions',
    kind: 'user',
    request: (value) =>
      change({
        edit: { seq: 2, contentType: 'text/plain', content: EMPTY, details: { mentions: [value], mentionAll: false, attributes: [] } },
      }),
  },
  { message: 'role', field: 'user', kind: 'user', request: (user) => change({ role: { user, role: Role.ADMIN } }) },
  { message: 'transfer', field: 'user', kind: 'user', request: (user) => change({ transfer: { user } }) },
  { message: 'mute', field: 'users', kind: 'user', request: (value) => change({ mute: { users: [value], until: 0 } }) },
  {
    message: 'edit',
    field: 'content_type',
    kind: 'id',
    max: 128,
    mayBeEmpty: true,
    request: (contentType) => change({ edit: { seq: 2, contentType, content: EMPTY } }),
  },
  { message: 'react', field: 'key', kind: 'text', max: 64, request: (key) => change({ react: { seq: 2, key, removed: false } }) },
  {
    message: 'contact',
    field: 'note',
    kind: 'text',
    max: 512,
    mayBeEmpty: true,
    request: (note) => change({ contact: { step: 0, note } }, 'dm/alice/carol'),
  },
  {
    message: 'preference',
    field: 'conversation_id',
    kind: 'conversation',
    request: (conversationId) => own({ preference: { conversationId } }),
  },
  {
    message: 'preference',
    field: 'draft',
    kind: 'lines',
    max: 16 * 1024,
    mayBeEmpty: true,
    request: (draft) => own({ preference: { conversationId: GROUP, draft } }),
  },
  { message: 'block', field: 'user', kind: 'user', request: (user) => own({ block: { user, removed: false } }) },
  { message: 'block, removed', field: 'user', kind: 'user', request: (user) => own({ block: { user, removed: true } }) },
  { message: 'status', field: 'text', kind: 'text', max: 256, mayBeEmpty: true, request: (text) => own({ status: { text } }) },
  {
    message: 'reschedule',
    field: 'client_message_id',
    kind: 'id',
    max: 64,
    request: (clientMessageId) => own({ reschedule: { clientMessageId, sendAt: 0 } }),
  },
  {
    message: 'unschedule',
    field: 'client_message_id',
    kind: 'id',
    max: 64,
    request: (clientMessageId) => own({ unschedule: { clientMessageId } }),
  },
  {
    message: 'READ',
    field: 'conversation_id',
    kind: 'conversation',
    request: (conversationId) => ({ command: Command.READ, body: { conversationId, seq: 1 } }),
  },
  { message: 'SYNC page', field: 'conversation_id', kind: 'conversation', request: (conversationId) => page({ conversationId }) },
  { message: 'SYNC page', field: 'with_user', kind: 'user', mayBeEmpty: true, request: (withUser) => page({ withUser }) },
  ...(
    [
      ['group', (conversationId) => ({ group: { conversationId } })],
      ['members', (conversationId) => ({ members: { conversationId, ...paged } })],
      ['readers', (conversationId) => ({ readers: { conversationId, seq: 2, ...paged } })],
      ['reactors', (conversationId) => ({ reactors: { conversationId, seq: 2, key: 'k', ...paged } })],
      ['pins', (conversationId) => ({ pins: { conversationId } })],
      ['messages', (conversationId) => ({ messages: { conversationId, seqs: [2] } })],
      ['thread', (conversationId) => ({ thread: { conversationId, thread: 2, fromSeq: 0, limit: 1 } })],
    ] satisfies [string, (conversationId: string) => Query][]
  ).map(
    ([what, body]): Field => ({
      message: `QUERY ${what}`,
      field: 'conversation_id',
      kind: 'conversation',
      request: (value) => query(body(value)),
    }),
  ),
  {
    message: 'QUERY search',
    field: 'conversation_id',
    kind: 'conversation',
    mayBeEmpty: true,
    request: (conversationId) => query({ search: { ...search, conversationId } }),
  },
  {
    message: 'QUERY search',
    field: 'sender',
    kind: 'user',
    mayBeEmpty: true,
    request: (sender) => query({ search: { ...search, sender } }),
  },
  { message: 'QUERY search', field: 'text', kind: 'text', max: 512, request: (text) => query({ search: { ...search, text } }) },
  {
    message: 'QUERY reactors',
    field: 'key',
    kind: 'text',
    max: 64,
    request: (key) => query({ reactors: { conversationId: GROUP, seq: 2, key, ...paged } }),
  },
  {
    message: 'WATCH',
    field: 'users',
    kind: 'user',
    request: (value) => ({ command: Command.WATCH, body: { users: [value], unwatch: [] } }),
  },
  {
    message: 'WATCH',
    field: 'unwatch',
    kind: 'user',
    request: (value) => ({ command: Command.WATCH, body: { users: [], unwatch: [value] } }),
  },
  {
    message: 'ROOM',
    field: 'room_id',
    kind: 'id',
    max: 128,
    request: (roomId) => ({ command: Command.ROOM, body: { roomId, leave: false } }),
  },
  {
    message: 'PUBLISH',
    field: 'room_id',
    kind: 'id',
    max: 128,
    request: (roomId) => ({ command: Command.PUBLISH, body: { roomId, contentType: '', content: EMPTY } }),
  },
  {
    message: 'PUBLISH',
    field: 'content_type',
    kind: 'id',
    max: 128,
    mayBeEmpty: true,
    request: (contentType) => ({ command: Command.PUBLISH, body: { roomId: 'room', contentType, content: EMPTY } }),
  },
]

const BAD_CHARACTERS = ['\u0000', '\u001b', '\u007f', '\u0085', '\u009b', '\u202e', '\u2066']
const MARKS = ['\u200e', '\u200f', '\u061c']
const LINES = ['\n', '\t', '\r', '\u2028']
/** Of one user, as the peer of alice. */
const BAD_USERS = ['x'.repeat(129), 'é'.repeat(65), 'b c', ...[...BAD_CHARACTERS, ...MARKS, ...LINES].map((character) => `b${character}c`)]

function badValues({ kind, max = 0, mayBeEmpty }: Field): string[] {
  const empty = mayBeEmpty ? [] : ['']
  const within = (characters: readonly string[]) => characters.map((character) => `a${character}b`)
  switch (kind) {
    case 'user':
      return [...empty, ...BAD_USERS]
    case 'conversation':
      return [
        ...empty,
        ...BAD_USERS.map((user) => `dm/alice/${user}`),
        `dm/${'x'.repeat(70_000)}/alice`,
        ...['dm/bob/alice', 'dm/alice/b%2fc', 'dm/alice/b%', 'dm//alice', 'dm/alice/', 'dm/alice', 'dm/alice/bob/carol'],
        ...['own/', 'own/a b', 'own/alice/bob', 'group/', 'group/a b', 'group/a/b', `group/${'x'.repeat(65)}`, 'nonsense', '/'],
      ]
    case 'id':
      return [...empty, 'x'.repeat(max + 1), `é${'x'.repeat(max - 1)}`, ...within([...BAD_CHARACTERS, ...MARKS, ...LINES])]
    case 'text':
      return [...empty, 'x'.repeat(max + 1), `é${'x'.repeat(max - 1)}`, ...within([...BAD_CHARACTERS, ...LINES])]
    case 'lines':
      return [...empty, 'x'.repeat(max + 1), `é${'x'.repeat(max - 1)}`, ...within(BAD_CHARACTERS)]
  }
}

function goodValues({ kind, max = 0, mayBeEmpty }: Field): string[] {
  const empty = mayBeEmpty ? [''] : []
  switch (kind) {
    case 'user':
      return [...empty, 'y'.repeat(128), 'b/c%', '田中']
    case 'conversation':
      return [...empty, `dm/alice/${'y'.repeat(128)}`, 'dm/alice/b%2Fc%25', 'dm/bob/carol', 'own/bob', `group/${'x'.repeat(64)}`]
    case 'id':
      return [...empty, 'y'.repeat(max), `é${'y'.repeat(max - 2)}`, 'a b']
    case 'text':
      return [...empty, 'y'.repeat(max), `é${'y'.repeat(max - 2)}`, 'a b', ...MARKS.map((mark) => `שלום${mark} (سلام)`)]
    case 'lines':
      return [...empty, 'y'.repeat(max), 'a\tb\r\nc', ...MARKS.map((mark) => `שלום${mark}`)]
  }
}

let lone: LoneCore
let alice: WirePeer
let requestId = 10
beforeAll(async () => {
  const env = {
    HAWSER_PACKETS_PER_SECOND: '100000',
    HAWSER_USER_PACKETS_PER_SECOND: '100000',
    HAWSER_BYTES_PER_SECOND: '1000000000',
    HAWSER_USER_BYTES_PER_SECOND: '1000000000',
    HAWSER_MAX_LOOP_DELAY_MS: '3600000',
  }
  lone = await LoneCore.start(env)
  alice = await lone.login('tcp', 'alice')
  for (const request of [change({ create: { ...PROFILE, members: ['bob'] } }), send({ conversationId: GROUP, content: Buffer.from('a') })])
    expect(await asked(request)).toBeUndefined()
  expect(await asked({ command: Command.ROOM, body: { roomId: 'room', leave: false } })).toBeUndefined()
})
afterAll(() => lone?.dispose())

/** The error, if it is one. */
async function asked({ command, body }: Request) {
  // The body is that of the command: Request pairs them.
  const answer = await alice.ask(command, ++requestId, body as never)
  return answer.command === Command.ERROR ? decodeBody(Command.ERROR, answer.body) : undefined
}

describe.each(FIELDS.map((each) => [`${each.message} ${each.field}`, each] as const))('N5: %s', (_name, each) => {
  test('is refused by its name where it cannot be', async () => {
    for (const value of badValues(each)) {
      const error = await asked(each.request(value))
      expect({ code: error?.code, field: error?.field }, JSON.stringify(value.slice(0, 40))).toEqual({
        code: 'field_invalid',
        field: each.field,
      })
      expect(error?.message.length).toBeLessThan(300)
    }
  })

  test('is taken where it can be, or refused for another reason', async () => {
    for (const value of goodValues(each)) {
      const error = await asked(each.request(value))
      const isFault = error?.code === 'field_invalid' && !/not a member|no letter|exactly one/i.test(error.message)
      expect(isFault, `${JSON.stringify(value.slice(0, 40))}: ${error?.message}`).toBe(false)
    }
  })
})

describe('N5: LOGIN', () => {
  const login = {
    deviceId: 'd',
    deviceClass: DeviceClass.PHONE,
    instanceId: '',
    intent: Intent.PERSON,
    generation: 0,
    client: '',
    ticket: '',
  }
  const fields = [
    ['device_id', 'deviceId', { message: '', field: '', kind: 'id', max: 64 }],
    ['instance_id', 'instanceId', { message: '', field: '', kind: 'id', max: 64, mayBeEmpty: true }],
    ['client', 'client', { message: '', field: '', kind: 'text', max: 64, mayBeEmpty: true }],
  ] as const
  test.each(fields)('%s', async (field, key, about) => {
    const token = await lone.signer.token('bob')
    const each: Field = { ...about, request: () => send({}) }
    const peer = await lone.open('tcp')
    for (const value of badValues(each)) {
      const answer = await peer.ask(Command.LOGIN, ++requestId, { ...login, token, [key]: value })
      expect(decodeBody(Command.ERROR, answer.body), JSON.stringify(value)).toMatchObject({ code: 'field_invalid', field })
    }
    peer.end()
    for (const value of goodValues(each)) {
      const fresh = await lone.open('tcp')
      expect((await fresh.ask(Command.LOGIN, ++requestId, { ...login, token, [key]: value })).command).toBe(Command.LOGIN_ACK)
      fresh.end()
    }
  })
})

test('N5: TYPING and DELIVER_ACK pass over what cannot be, and the session lives', async () => {
  for (const value of badValues({ message: '', field: '', kind: 'conversation', request: () => send({}) })) {
    alice.send(Command.TYPING, 0, { conversationId: value, userId: '', stopped: false })
    alice.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId: value, seq: 1 }] })
  }
  expect((await alice.ask(Command.PING, ++requestId, {})).command).toBe(Command.PONG)
  expect(alice.frames.filter(({ command }) => command === Command.ERROR)).toEqual([])
})

test('a lone surrogate is no UTF-8: the body is malformed', async () => {
  const text = Buffer.from([0x12, 3, 0xed, 0xa0, 0x80])
  const frame = Buffer.alloc(12 + text.length)
  frame.writeUInt32BE(8 + text.length, 0)
  frame.set([1, Command.SEND], 4)
  frame.writeUInt32BE(++requestId, 8)
  frame.set(text, 12)
  const answer = alice.next((each) => each.requestId === requestId)
  alice.bytes(frame)
  expect(decodeBody(Command.ERROR, (await answer).body).code).toBe('body_malformed')
})

test.each(BAD_USERS.map((user) => [user]))('operators are refused %j as well', async (user) => {
  const name = user.slice(0, 200)
  const post = (path: string, body: unknown) => lone.core.admin(path, { method: 'POST', body: JSON.stringify(body) })
  expect((await post('/bans', { subject: `user:${name}`, seconds: 60 })).status).toBe(400)
  expect((await post('/kick', { user: name })).status).toBe(400)
  expect((await post('/broadcast', { content: 'x', filter: { users: [name] } })).status).toBe(400)
  expect((await lone.core.admin(`/sessions?user=${encodeURIComponent(name)}`)).status).toBe(400)
  if (name !== 'b c') expect((await post('/broadcast', { content: 'x', filter: { room: name } })).status).toBe(400)
})
