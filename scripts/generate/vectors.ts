/**
 * Makes test/vectors/*.json. The bytes come from protobufjs and a DataView, not from the
 * codec under test, so that an encoder and a decoder cannot share a mistake.
 */
import { writeFileSync } from 'node:fs'
import protobuf from 'protobufjs'
import { CODES } from '../../shared/codes.ts'

const root = new protobuf.Root()
root.loadSync(new URL('../../shared/proto/hawser.proto', import.meta.url).pathname)

interface Vector {
  name: string
  hex: string
  /** What the bytes mean: command, requestId and the message, bytes in hex. */
  frames: { command: string; requestId: number; body: Record<string, unknown> }[]
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const utf8 = (text: string) => hex(new TextEncoder().encode(text))

function header(length: number, version: number, command: number, flags: number, requestId: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(length, 0)
  bytes.writeUInt8(version, 4)
  bytes.writeUInt8(command, 5)
  bytes.writeUInt16BE(flags, 6)
  bytes.writeUInt32BE(requestId, 8)
  return bytes
}

const COMMANDS: Record<string, { number: number; message: string }> = {
  LOGIN: { number: 1, message: 'Login' },
  LOGIN_ACK: { number: 2, message: 'LoginAck' },
  PING: { number: 5, message: '' },
  SEND: { number: 7, message: 'Send' },
  SEND_ACK: { number: 8, message: 'SendAck' },
  DELIVER: { number: 9, message: 'Message' },
  DELIVER_ACK: { number: 10, message: 'DeliverAck' },
  SYNC: { number: 11, message: 'Sync' },
  SYNC_ACK: { number: 12, message: 'SyncAck' },
  READ: { number: 13, message: 'Read' },
  EVENT: { number: 15, message: 'FleetingEvent' },
  GAP: { number: 16, message: 'Gap' },
  KICK: { number: 17, message: 'Kick' },
  GOAWAY: { number: 18, message: 'GoAway' },
  ERROR: { number: 19, message: 'ErrorReply' },
  CLOSE: { number: 20, message: 'Close' },
  QUERY: { number: 21, message: 'Query' },
  WATCH: { number: 24, message: 'Watch' },
  PUBLISH: { number: 28, message: 'Publish' },
}

const withBytes = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withBytes)
    : value && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value).map(([key, inner]) => [key, key === 'content' ? Buffer.from(inner as string, 'hex') : withBytes(inner)]),
        )
      : value

function frame(command: string, requestId: number, body: Record<string, unknown>): Buffer {
  const { number, message } = COMMANDS[command] as { number: number; message: string }
  let bytes: Uint8Array = Buffer.alloc(0)
  if (message) {
    const type = root.lookupType(`hawser.v1.${message}`)
    bytes = type.encode(type.fromObject(withBytes(body) as Record<string, unknown>)).finish()
  }
  return Buffer.concat([header(8 + bytes.length, 1, number, 0, requestId), bytes])
}

function vector(name: string, ...frames: Vector['frames']): Vector {
  return { name, hex: hex(Buffer.concat(frames.map((each) => frame(each.command, each.requestId, each.body)))), frames }
}

const message = {
  conversationId: 'dm/alice/bob',
  seq: 7,
  messageId: 'c0ffee00-7',
  sender: 'alice',
  clientMessageId: 'm-1',
  sentAt: 1763769600123,
  contentType: 'text/plain',
  content: utf8('hello'),
  digest: 5281420473924177,
}

const valid: Vector[] = [
  vector('login', {
    command: 'LOGIN',
    requestId: 1,
    body: { token: 'a.b.c', deviceId: 'phone-1', deviceClass: 1, instanceId: 'i', intent: 1, generation: 1763769600123, client: 'demo/1' },
  }),
  vector('login ack', {
    command: 'LOGIN_ACK',
    requestId: 1,
    body: {
      sessionId: 's',
      userId: 'bob',
      generation: 1763769600124,
      heartbeatTimeoutMs: 60000,
      serverTime: 1763769600125,
      maxFrameBytes: 1048576,
    },
  }),
  vector('ping without a body', { command: 'PING', requestId: 4294967295, body: {} }),
  vector('send to a user', {
    command: 'SEND',
    requestId: 2,
    body: { clientMessageId: 'm-1', toUser: 'bob', contentType: 'text/plain', content: utf8('hello') },
  }),
  vector('send with content that is no text', {
    command: 'SEND',
    requestId: 3,
    body: { clientMessageId: 'm-2', conversationId: 'dm/alice/bob', contentType: 'application/octet-stream', content: '00ff80c0' },
  }),
  vector('names beyond ASCII', {
    command: 'SEND',
    requestId: 4,
    body: { clientMessageId: 'ключ', toUser: '田中さん🚢', contentType: 'text/plain', content: utf8('こんにちは') },
  }),
  vector('text of more than 127 bytes', {
    command: 'SEND',
    requestId: 5,
    body: { clientMessageId: 'm'.repeat(60), toUser: 'é'.repeat(64), contentType: 'x'.repeat(128), content: utf8('z'.repeat(300)) },
  }),
  vector('send ack', {
    command: 'SEND_ACK',
    requestId: 2,
    body: {
      conversationId: 'dm/alice/bob',
      seq: 7,
      messageId: 'c0ffee00-7',
      sentAt: 1763769600123,
      durability: 1,
      duplicate: true,
      digest: 5281420473924177,
    },
  }),
  vector('the highest seq', { command: 'READ', requestId: 6, body: { conversationId: 'dm/alice/bob', seq: Number.MAX_SAFE_INTEGER } }),
  vector('deliver', { command: 'DELIVER', requestId: 0, body: message }),
  vector('deliver ack of two conversations', {
    command: 'DELIVER_ACK',
    requestId: 0,
    body: {
      positions: [
        { conversationId: 'dm/alice/bob', seq: 7 },
        { conversationId: 'dm/bob/carol', seq: 128 },
      ],
    },
  }),
  vector('sync of a page backwards', {
    command: 'SYNC',
    requestId: 7,
    body: { page: { withUser: 'bob', direction: 1, fromSeq: 300, limit: 50 } },
  }),
  vector('sync of a page from where the client is', {
    command: 'SYNC',
    requestId: 7,
    body: { page: { conversationId: 'dm/alice/bob', fromSeq: 7, epoch: 8127364509182736, digest: 5281420473924177 } },
  }),
  vector('sync of the list from its start', { command: 'SYNC', requestId: 8, body: { list: {} } }),
  vector('sync ack with a page', {
    command: 'SYNC_ACK',
    requestId: 7,
    body: { page: { conversationId: 'dm/alice/bob', messages: [message, { ...message, seq: 8, content: '' }], more: true, lastSeq: 300 } },
  }),
  vector('sync ack after a discontinuity', {
    command: 'SYNC_ACK',
    requestId: 7,
    body: {
      page: { conversationId: 'dm/alice/bob', messages: [message], lastSeq: 7, epoch: 8127364509182736, discontinuity: true, fromSeq: 6 },
    },
  }),
  vector('sync ack with the list', {
    command: 'SYNC_ACK',
    requestId: 8,
    body: {
      list: {
        conversations: [
          {
            conversationId: 'dm/alice/bob',
            peer: 'alice',
            lastSeq: 7,
            readSeq: 5,
            deliveredSeq: 6,
            unread: 2,
            peerReadSeq: 4,
            peerDeliveredSeq: 7,
            lastMessage: message,
            epoch: 8127364509182736,
            digest: 5281420473924177,
          },
        ],
        nextCursor: 'z9',
      },
    },
  }),
  vector('event with a receipt', {
    command: 'EVENT',
    requestId: 0,
    body: { receipt: { conversationId: 'dm/alice/bob', userId: 'bob', deliveredSeq: 7, readSeq: 6 }, typing: [], presence: [] },
  }),
  vector('event with typing and presence', {
    command: 'EVENT',
    requestId: 0,
    body: {
      typing: [{ conversationId: 'group/crew', userId: 'bob', stopped: false }],
      presence: [{ userId: 'carol', online: [1, 4], lastSeen: 0, status: 'at sea' }],
    },
  }),
  vector('send of a group', {
    command: 'SEND',
    requestId: 6,
    body: {
      clientMessageId: 'm-3',
      toUser: '',
      conversationId: 'group/crew',
      contentType: '',
      content: '',
      change: {
        create: {
          name: 'Crew',
          description: '',
          avatar: '',
          attributes: [{ key: 'ship', value: 'Hawser' }],
          settings: {
            send: 0,
            invite: 2,
            update: 0,
            remove: 0,
            mute: 0,
            pin: 0,
            mentionAll: 0,
            recallOthers: 0,
            open: true,
            hideHistory: true,
            editSeconds: 60,
            recallSeconds: 0,
          },
          members: ['bob', 'carol'],
        },
      },
    },
  }),
  vector('query of members', {
    command: 'QUERY',
    requestId: 8,
    body: { members: { conversationId: 'group/crew', cursor: '2s', limit: 10 } },
  }),
  vector('publish', { command: 'PUBLISH', requestId: 9, body: { roomId: 'deck', contentType: 'text/plain', content: utf8('ahoy') } }),
  vector('gap', { command: 'GAP', requestId: 0, body: { conversationId: 'dm/alice/bob', lastSeq: 9000 } }),
  vector('gap of everything', { command: 'GAP', requestId: 0, body: {} }),
  vector('kick', {
    command: 'KICK',
    requestId: 0,
    body: { deviceClass: 1, deviceId: 'phone-2', client: 'demo/2', at: 1763769600123, generation: 1763769600124 },
  }),
  vector('goaway', { command: 'GOAWAY', requestId: 0, body: { reason: 'drain', reconnectAfterMs: 1500 } }),
  vector('error', {
    command: 'ERROR',
    requestId: 9,
    body: { code: 'field_invalid', message: '"to_user" is empty.', field: 'to_user', retryAfterMs: 1000 },
  }),
  vector('close', { command: 'CLOSE', requestId: 0, body: { code: CODES.displaced.close, reason: CODES.displaced.meaning } }),
  vector(
    'three frames in one chunk',
    { command: 'PING', requestId: 1, body: {} },
    { command: 'DELIVER', requestId: 0, body: message },
    { command: 'PING', requestId: 2, body: {} },
  ),
]

const unknownField = Buffer.concat([header(8 + 7, 1, 13, 0, 1), Buffer.from([0x0a, 1, 0x78, 0x10, 5, 0x78, 9])])
valid.push({
  name: 'a field of a later version is passed over',
  hex: hex(unknownField),
  frames: [{ command: 'READ', requestId: 1, body: { conversationId: 'x', seq: 5 } }],
})
valid.push({
  name: 'flags of a later version are passed over',
  hex: hex(header(8, 1, 5, 0xffff, 3)),
  frames: [{ command: 'PING', requestId: 3, body: {} }],
})

const body = (command: number, ...bytes: number[]) => hex(Buffer.concat([header(8 + bytes.length, 1, command, 0, 77), Buffer.from(bytes)]))

/** `code` is the close or error a server answers with, `after: 'login'` where that needs a session. */
const malformed = [
  { name: 'a length of 4 GiB', code: 'frame_too_large', hex: hex(header(0xffffffff, 1, 7, 0, 1)) },
  { name: 'a length one over the cap', code: 'frame_too_large', hex: hex(header(1024 * 1024 + 1, 1, 7, 0, 1)) },
  { name: 'a length of 0', code: 'frame_malformed', hex: hex(header(0, 1, 7, 0, 1)) },
  { name: 'a length of 7', code: 'frame_malformed', hex: hex(header(7, 1, 7, 0, 1)) },
  { name: 'version 0', code: 'version_unsupported', hex: hex(header(8, 0, 5, 0, 1)) },
  { name: 'version 2', code: 'version_unsupported', hex: hex(header(8, 2, 5, 0, 1)) },
  { name: 'an HTTP request', code: 'frame_too_large', hex: utf8('GET / HTTP/1.1\r\n\r\n') },
  { name: 'a TLS hello', code: 'frame_too_large', hex: '16030100c8010000c40303' },
  { name: 'a command before LOGIN', code: 'login_required', hex: body(7) },
  { name: 'an unknown command before LOGIN', code: 'login_required', hex: body(200) },
  { name: 'a server command before LOGIN', code: 'login_required', hex: body(9) },
  { name: 'LOGIN without a token', code: 'token_invalid', hex: body(1) },
  { name: 'LOGIN with a body cut short', code: 'body_malformed', field: 'token', hex: body(1, 0x0a, 5, 0x61) },
  { name: 'an unknown command', code: 'command_unknown', after: 'login', hex: body(200) },
  { name: 'a command that only servers send', code: 'command_unknown', after: 'login', hex: body(9) },
  { name: 'a string past the end', code: 'body_malformed', field: 'client_message_id', after: 'login', hex: body(7, 0x0a, 9, 0x61) },
  {
    name: 'a string with a length of 4 GiB',
    code: 'body_malformed',
    field: 'client_message_id',
    after: 'login',
    hex: body(7, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f),
  },
  {
    name: 'a number of eleven bytes',
    code: 'body_malformed',
    field: 'seq',
    after: 'login',
    hex: body(13, 0x10, ...Array(10).fill(0x80), 1),
  },
  { name: 'a seq above 2^53', code: 'body_malformed', field: 'seq', after: 'login', hex: body(13, 0x10, ...Array(9).fill(0xff), 1) },
  {
    name: 'a limit above 2^32 - 1',
    code: 'body_malformed',
    field: 'limit',
    after: 'login',
    hex: body(11, 0x0a, 6, 0x28, 0x80, 0x80, 0x80, 0x80, 0x10),
  },
  {
    name: 'WATCH of 501 users',
    code: 'body_malformed',
    field: 'users',
    after: 'login',
    hex: hex(frame('WATCH', 77, { users: Array(501).fill('u'), unwatch: [] })),
  },
  {
    name: 'READ with more fields than a body has',
    code: 'body_malformed',
    after: 'login',
    hex: body(13, ...Array(5001).fill([0x78, 1]).flat()),
  },
  { name: 'a number that does not end', code: 'body_malformed', field: 'seq', after: 'login', hex: body(13, 0x10, 0x80) },
  { name: 'text that is not UTF-8', code: 'body_malformed', field: 'client_message_id', after: 'login', hex: body(7, 0x0a, 2, 0xc3, 0x28) },
  { name: 'a wire type that is none', code: 'body_malformed', after: 'login', hex: body(7, 0x0f, 0) },
  { name: 'field number 0', code: 'body_malformed', after: 'login', hex: body(7, 0x02, 0) },
  { name: 'SEND of nothing', code: 'field_invalid', field: 'client_message_id', after: 'login', hex: body(7) },
  { name: 'SEND to nobody', code: 'field_invalid', field: 'to_user', after: 'login', hex: body(7, 0x0a, 1, 0x6d) },
  { name: 'SYNC of nothing', code: 'field_invalid', field: 'page', after: 'login', hex: body(11) },
  {
    name: 'a content type of 129 bytes in 65 characters',
    code: 'field_invalid',
    field: 'content_type',
    after: 'login',
    hex: hex(frame('SEND', 77, { clientMessageId: 'm', toUser: 'x', contentType: `${'é'.repeat(64)}x`, content: '' })),
  },
  {
    name: 'a client message id of 65 bytes in 33 characters',
    code: 'field_invalid',
    field: 'client_message_id',
    after: 'login',
    hex: hex(frame('SEND', 77, { clientMessageId: `${'é'.repeat(32)}x`, toUser: 'x', content: '' })),
  },
  {
    name: 'LOGIN without a device class',
    code: 'field_invalid',
    field: 'device_class',
    hex: hex(frame('LOGIN', 77, { token: 'a.b.c', deviceId: 'd' })),
  },
  {
    name: 'LOGIN with a device class that is none',
    code: 'field_invalid',
    field: 'device_class',
    hex: hex(frame('LOGIN', 77, { token: 'a.b.c', deviceId: 'd', deviceClass: 99 })),
  },
  {
    name: 'LOGIN without a device',
    code: 'field_invalid',
    field: 'device_id',
    hex: hex(frame('LOGIN', 77, { token: 'a.b.c', deviceClass: 1 })),
  },
  {
    name: 'READ in a conversation of others',
    code: 'conversation_unknown',
    field: 'conversation_id',
    after: 'login',
    hex: hex(frame('READ', 77, { conversationId: 'dm/x/y', seq: 1 })),
  },
  {
    name: 'SEND into a conversation of others',
    code: 'conversation_unknown',
    field: 'conversation_id',
    after: 'login',
    hex: hex(frame('SEND', 77, { clientMessageId: 'm', conversationId: 'dm/x/y', content: '' })),
  },
  {
    name: 'SEND of content over the cap',
    code: 'content_too_large',
    field: 'content',
    after: 'login',
    hex: hex(frame('SEND', 77, { clientMessageId: 'm', toUser: 'x', content: '61'.repeat(65537) })),
  },
]

/** N3 and N3a. Written out, not made: nothing here sorts or escapes. */
const names = {
  direct: [
    { users: ['alice', 'bob'], conversationId: 'dm/alice/bob' },
    { users: ['Bob', 'alice'], conversationId: 'dm/Bob/alice' },
    { users: ['a', 'aa'], conversationId: 'dm/a/aa' },
    { users: ['alice', 'alice'], conversationId: 'dm/alice/alice' },
    { users: ['a/b', 'a%b'], conversationId: 'dm/a%25b/a%2Fb' },
    { users: ['a%2Fb', 'a/b'], conversationId: 'dm/a%252Fb/a%2Fb' },
    // By code points and by bytes of UTF-8 it is the other way round.
    { users: ['\u{1f6a2}', '\uff21'], conversationId: 'dm/\u{1f6a2}/\uff21' },
    { users: ['\u{1f6a2}', '\u7530'], conversationId: 'dm/\u7530/\u{1f6a2}' },
    // NFD, then NFC: two users.
    { users: ['e\u0301', '\u00e9'], conversationId: 'dm/e\u0301/\u00e9' },
  ],
  own: [
    { user: 'alice', conversationId: 'own/alice' },
    { user: 'a/b%', conversationId: 'own/a%2Fb%25' },
  ],
  refused: [
    { conversationId: '', why: 'it is empty' },
    { conversationId: 'alice', why: 'it is of no kind' },
    { conversationId: 'dm/bob/alice', why: 'the users are in the other order' },
    { conversationId: 'dm/\uff21/\u{1f6a2}', why: 'the users are in the order of their bytes' },
    { conversationId: 'dm/alice/', why: 'a user is missing' },
    { conversationId: 'dm/a b/c', why: 'a user has white space' },
    { conversationId: 'dm/a%2fb/c', why: 'it is escaped in small letters' },
    { conversationId: 'dm/a%41/c', why: 'nothing but % and / is escaped' },
    { conversationId: 'own/a/b', why: 'it has two users' },
    { conversationId: 'group/', why: 'it has no name' },
    { conversationId: 'group/a b', why: 'a group has letters, digits and ._~-' },
    { conversationId: `group/${'x'.repeat(65)}`, why: 'it is longer than 64' },
  ],
}

for (const [name, vectors] of Object.entries({ valid, malformed, names })) {
  writeFileSync(new URL(`../../test/vectors/${name}.json`, import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`)
}
