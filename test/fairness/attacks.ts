import { Command } from '../../shared/commands.ts'
import { directConversationId, ownConversationId } from '../../shared/conversation-id.ts'
import { encodeFrame } from '../../shared/frame.ts'
import { type Change, ContactStep, type Details, Direction, Intent, type Query, Role, type Send } from '../../shared/gen/hawser.ts'
import {
  BIG_GROUP,
  CHINESE,
  CONTENT_BYTES,
  CROWDED,
  chineseText,
  FULL_PROFILE,
  groupOf,
  LARGE,
  MALLORY,
  memberOf,
  OWN_GROUP,
  OWN_WORDS,
  talkerOf,
  UNREAD_CONVERSATIONS,
} from './full-log.ts'

/** One operation with the largest arguments that are legal. */
export interface Attack {
  readonly name: string
  /** Whether each of its frames is answered. */
  readonly isAnswered: boolean
  /** The nth frame of a session. */
  frame(nth: number, session: number, token: string): Uint8Array
  /** What each session does before. */
  before?(session: number): readonly Uint8Array[]
}

const content = new Uint8Array(CONTENT_BYTES).fill(120)
const nothing = new Uint8Array(0)
const users = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => memberOf(from + i))
const NO_DETAILS: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: 0 }
const FULL_DETAILS: Details = { ...NO_DETAILS, mentions: users(50), attributes: FULL_PROFILE.attributes.slice(0, 16) }
const OWN = ownConversationId(MALLORY)
const run = Date.now().toString(36)

let sent = 0

function send(nth: number, more: Partial<Send>): Uint8Array {
  const body: Send = { clientMessageId: `${run}-${sent++}`, toUser: '', conversationId: '', contentType: '', content: nothing, ...more }
  return encodeFrame(Command.SEND, 1 + nth, body)
}

const message = (name: string, more: Partial<Send>): Attack => ({ name, isAnswered: true, frame: (nth) => send(nth, more) })

const change = (name: string, conversationId: string, changeOf: (nth: number, session: number) => Change): Attack => ({
  name,
  isAnswered: true,
  frame: (nth, session) => send(nth, { conversationId, change: changeOf(nth, session) }),
})

const query = (name: string, queryOf: (nth: number) => Query): Attack => ({
  name: `QUERY ${name}`,
  isAnswered: true,
  frame: (nth) => encodeFrame(Command.QUERY, 1 + nth, queryOf(nth)),
})

const search = (name: string, text: string, conversationId = ''): Attack =>
  query(`search, ${name}`, () => ({ search: { text, conversationId, sender: '', sentFrom: 0, sentBefore: 0, cursor: '', limit: 100 } }))

const page = (name: string, conversationId: string, direction: Direction, fromSeq: number): Attack => ({
  name: `SYNC page, ${name}`,
  isAnswered: true,
  frame: (nth) =>
    encodeFrame(Command.SYNC, 1 + nth, { page: { conversationId, withUser: '', direction, fromSeq, limit: 200, epoch: 0, digest: 0 } }),
})

const talk = (i: number): string => directConversationId(MALLORY, talkerOf(i % UNREAD_CONVERSATIONS))
const room = (roomId: string) => encodeFrame(Command.ROOM, 0x7fff, { roomId, leave: false })

/** Every command and every query, as a user may send them who means harm. */
export const ATTACKS: readonly Attack[] = [
  { name: 'PING', isAnswered: true, frame: (nth) => encodeFrame(Command.PING, 1 + nth, {}) },
  {
    name: 'LOGIN again',
    isAnswered: true,
    frame: (nth, session, token) =>
      encodeFrame(Command.LOGIN, 1 + nth, {
        token,
        deviceId: 'attacker',
        deviceClass: 1,
        instanceId: `${session}`,
        intent: Intent.PERSON,
        generation: 0,
        client: '',
        ticket: '',
      }),
  },
  message('SEND, small', { toUser: 'victim', content: content.subarray(0, 100) }),
  message('SEND, 64 KiB', { toUser: 'victim', content }),
  message('SEND, 64 KiB of Chinese', { conversationId: CHINESE, content: Buffer.from(chineseText(CONTENT_BYTES)) }),
  message('SEND, all details', { conversationId: OWN_GROUP, content: content.subarray(0, 100), details: FULL_DETAILS }),
  message('SEND to 20,000', { conversationId: BIG_GROUP, content: content.subarray(0, 100) }),
  {
    name: 'SEND to groups that are not there',
    isAnswered: true,
    frame: (nth, session) =>
      send(nth, { conversationId: `group/none-${session}-${nth}`.padEnd(60, '.'), content: content.subarray(0, 100) }),
  },
  { name: 'SEND for later', isAnswered: true, frame: (nth) => send(nth, { toUser: 'victim', content, sendAt: Date.now() + 86_400_000 }) },
  {
    name: 'change create, 500 members',
    isAnswered: true,
    frame: (nth, session) =>
      send(nth, {
        conversationId: `group/new-${run}-${session}-${nth}`,
        change: { create: { ...FULL_PROFILE, members: users(500, (session * 500) % 19_000) } },
      }),
  },
  {
    name: 'change add and remove, 500',
    isAnswered: true,
    before: (session) => [send(0, { conversationId: `group/in-${run}-${session}`, change: { create: { ...FULL_PROFILE, members: [] } } })],
    frame: (nth, session) => {
      const names = { users: users(500, (session * 500) % 19_000) }
      return send(nth, { conversationId: `group/in-${run}-${session}`, change: nth % 2 === 0 ? { add: names } : { remove: names } })
    },
  },
  change('change mute, 500', BIG_GROUP, (nth) => ({ mute: { users: users(500), until: Date.now() + nth } })),
  change('change update', OWN_GROUP, () => ({ update: FULL_PROFILE })),
  change('change role', OWN_GROUP, (nth) => ({ role: { user: memberOf(1), role: nth % 2 === 0 ? Role.ADMIN : Role.MEMBER } })),
  change('change edit, 64 KiB', OWN_WORDS, (nth, session) => ({
    edit: { seq: 1 + ((session * 397 + nth) % 10_000), contentType: 'text/plain', content },
  })),
  change('change recall', OWN_WORDS, (nth, session) => ({ recall: { seq: 10_001 + ((session * 200 + nth) % 9000) } })),
  change('change react', CROWDED, (nth) => ({ react: { seq: 1 + (nth % 50), key: `k${nth % 50}`, removed: nth % 3 === 0 } })),
  change('change pin', CROWDED, (nth) => ({ pin: { seq: 1 + (nth % 100), removed: nth % 2 === 0 } })),
  change('change contact', talk(1), (nth) => ({
    contact: { step: nth % 2 === 0 ? ContactStep.REQUEST : ContactStep.REMOVE, note: 'n'.repeat(512) },
  })),
  change('change preference, a draft of 16 KiB', OWN, (nth) => ({
    preference: { conversationId: talk(nth), draft: 'd'.repeat(16 * 1024) },
  })),
  change('change block', OWN, (nth) => ({ block: { user: memberOf(nth % 1000), removed: nth % 2 === 1 } })),
  change('change status', OWN, (nth) => ({ status: { text: `${nth}`.padEnd(256, 's') } })),
  {
    name: 'DELIVER_ACK, as many positions as one may have',
    isAnswered: false,
    frame: (nth) =>
      encodeFrame(Command.DELIVER_ACK, 0, {
        positions: Array.from({ length: 1000 }, (_, i) => ({ conversationId: talk(i), seq: 1 + (nth % 1000) })),
      }),
  },
  {
    name: 'READ',
    isAnswered: true,
    frame: (nth, session) => encodeFrame(Command.READ, 1 + nth, { conversationId: talk(nth + session), seq: 1 }),
  },
  page('messages of 64 KiB', LARGE, Direction.FORWARD, 0),
  page('small messages', OWN_WORDS, Direction.BACKWARD, 15_000),
  page('messages with all details', CROWDED, Direction.FORWARD, 0),
  {
    name: 'SYNC list of 500',
    isAnswered: true,
    frame: (nth) => encodeFrame(Command.SYNC, 1 + nth, { list: { cursor: '', limit: 500 } }),
  },
  {
    name: 'TYPING in a group',
    isAnswered: false,
    frame: () => encodeFrame(Command.TYPING, 0, { conversationId: OWN_GROUP, userId: '', stopped: false }),
  },
  {
    name: 'TYPING in groups that are not there',
    isAnswered: false,
    frame: (nth, session) =>
      encodeFrame(Command.TYPING, 0, { conversationId: `group/none-${session}-${nth}`.padEnd(60, '.'), userId: '', stopped: false }),
  },
  {
    name: 'WATCH of 500',
    isAnswered: true,
    frame: (nth) =>
      encodeFrame(Command.WATCH, 1 + nth, { users: users(500, (nth % 20) * 500), unwatch: users(500, ((nth + 19) % 20) * 500) }),
  },
  {
    name: 'ROOM in and out',
    isAnswered: true,
    frame: (nth, session) => encodeFrame(Command.ROOM, 1 + nth, { roomId: `room-${session}-${nth >> 1}`, leave: nth % 2 === 1 }),
  },
  {
    name: 'PUBLISH of 64 KiB to 50',
    isAnswered: true,
    before: () => [room('arena')],
    frame: (nth) => encodeFrame(Command.PUBLISH, 1 + nth, { roomId: 'arena', contentType: '', content }),
  },
  query('group', (nth) => ({ group: { conversationId: groupOf(nth % 500) } })),
  query('members, 500 of 20,000', () => ({ members: { conversationId: BIG_GROUP, cursor: '', limit: 500 } })),
  query('readers of 20,000', () => ({ readers: { conversationId: BIG_GROUP, seq: 42, cursor: '', limit: 500 } })),
  query('reactors', (nth) => ({ reactors: { conversationId: CROWDED, seq: 1 + (nth % 50), key: `r${nth % 50}`, cursor: '', limit: 500 } })),
  query('pins', () => ({ pins: { conversationId: CROWDED } })),
  query('messages of 64 KiB', () => ({ messages: { conversationId: LARGE, seqs: Array.from({ length: 60 }, (_, i) => 1 + i) } })),
  query('thread', () => ({ thread: { conversationId: CROWDED, thread: 1, fromSeq: 0, limit: 500 } })),
  query('scheduled', () => ({ scheduled: { cursor: '' } })),
  query('relations', () => ({ relations: { cursor: '' } })),
  search('170 Chinese characters', chineseText(510)),
  search('a word in 300 conversations', 'word'),
  search('one letter', 'w'),
  search('16 words', 'word talk number 1 2 3 4 5 6 7 8 9 10 11 12 1'),
  search('nothing of many', 'word silent'),
]
