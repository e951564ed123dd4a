import { directConversationId } from '../../shared/conversation-id.ts'
import { type Change, type Details, writeChange, writeDetails } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { AppendFields } from '../../tcp-core/log/append-batch.ts'
import { SqliteLog } from '../../tcp-core/log/sqlite/sqlite-log.ts'

/** Who attacks, and the places that he attacks with. */
export const MALLORY = 'mallory'
export const GROUPS = 500
export const UNREAD_CONVERSATIONS = 300
export const CHINESE = directConversationId(MALLORY, 'chinese')
export const LARGE = directConversationId(MALLORY, 'large')
export const OWN_WORDS = directConversationId(MALLORY, 'silent')
export const BIG_GROUP = 'group/big'
export const OWN_GROUP = 'group/own'
export const CROWDED = directConversationId(MALLORY, 'crowd')
export const UNREAD = 1000
export const CONTENT_BYTES = 64 * 1024
const BIG_MEMBERS = 20_000
const CHINESE_MESSAGES = 60
const LARGE_MESSAGES = 60
const OWN_MESSAGES = 20_000
const BATCH = 2000

export const groupOf = (i: number): string => `group/g${i}`
export const talkerOf = (i: number): string => `talker-${i}`
export const memberOf = (i: number): string => `member-${i}`

const writer = new ProtobufWriter()
const nothing = new Uint8Array(0)
const long = (letter: string, bytes: number): string => letter.repeat(bytes)

/** A Chinese text without a space, of so many bytes. */
export function chineseText(bytes: number, from = 0): string {
  const characters = '一二三四五六七八九十天地人你我他好大小多少'
  return Array.from({ length: Math.floor(bytes / 3) }, (_, i) => characters[(from + i * 7 + (i >> 3)) % characters.length]).join('')
}

export const FULL_PROFILE = {
  name: long('n', 256),
  description: long('d', 4096),
  avatar: long('a', 2048),
  attributes: Array.from({ length: 32 }, (_, i) => ({ key: `k${i}`.padEnd(64, '.'), value: long('v', 1024) })),
}

/** Makes the log of an installation in which one user has as much of everything as is allowed. */
export function fillLog(path: string): void {
  const log = new SqliteLog(path)
  const appends: AppendFields[] = []
  let ids = 0
  const add = (sender: string, conversationId: string, more: Partial<AppendFields>): void => {
    const append = { sender, conversationId, clientMessageId: `f${ids++}`, contentType: 'text/plain', sentAt: Date.now(), content: nothing }
    appends.push({ ...append, ...more })
    if (appends.length === BATCH) flush()
  }
  const flush = (): void => {
    for (const outcome of log.append(appends.splice(0))) {
      if (outcome.kind !== 'stored') throw new Error(`not stored: ${JSON.stringify(outcome)}`)
    }
  }
  const say = (sender: string, conversationId: string, text: string, details?: Partial<Details>): void =>
    add(sender, conversationId, { content: Buffer.from(text), details: details && encoded(writeDetails, { ...NO_DETAILS, ...details }) })
  const change = (sender: string, conversationId: string, what: Change): void =>
    add(sender, conversationId, { contentType: '', change: encoded(writeChange, what) })

  for (let i = 0; i < GROUPS; i++) change('owner', groupOf(i), { create: { ...FULL_PROFILE, members: [MALLORY] } })
  for (let i = 0; i < UNREAD_CONVERSATIONS; i++) {
    for (let n = 0; n < UNREAD; n++) say(talkerOf(i), directConversationId(MALLORY, talkerOf(i)), `word ${n} of talk number ${i}`)
  }
  for (let i = 0; i < CHINESE_MESSAGES; i++) say('chinese', CHINESE, chineseText(CONTENT_BYTES, i))
  for (let i = 0; i < LARGE_MESSAGES; i++) say('large', LARGE, long(`${i} `, CONTENT_BYTES / 4).slice(0, CONTENT_BYTES))
  for (let i = 0; i < OWN_MESSAGES; i++) say(MALLORY, OWN_WORDS, `mine ${i}`)
  change(MALLORY, BIG_GROUP, { create: { ...FULL_PROFILE, members: [] } })
  for (let from = 0; from < BIG_MEMBERS; from += 500) {
    change(MALLORY, BIG_GROUP, { add: { users: Array.from({ length: 500 }, (_, i) => memberOf(from + i)) } })
  }
  say(MALLORY, BIG_GROUP, 'to all')
  change(MALLORY, OWN_GROUP, { create: { ...FULL_PROFILE, members: Array.from({ length: 99 }, (_, i) => memberOf(i)) } })
  for (let i = 0; i < 200; i++) {
    say(MALLORY, CROWDED, `answer ${i}`, {
      thread: i > 0 ? 1 : 0,
      mentions: Array.from({ length: 50 }, (_, n) => memberOf(n)),
      attributes: FULL_PROFILE.attributes.slice(0, 16),
    })
  }
  for (let i = 0; i < 50; i++) change(MALLORY, CROWDED, { react: { seq: 1 + i, key: `r${i}`, removed: false } })
  for (let i = 0; i < 100; i++) change(MALLORY, CROWDED, { pin: { seq: 1 + i, removed: false } })
  flush()
  while (log.index());
  log.close()
}

const NO_DETAILS: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: 0 }

function encoded<T>(write: (writer: ProtobufWriter, body: T) => void, body: T): Uint8Array {
  writer.reset()
  write(writer, body)
  return writer.finishAlone()
}
