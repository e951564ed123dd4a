import { join } from 'node:path'
import { directConversationId, ownConversationId } from '../shared/conversation-id.ts'
import { type Change, ContactStep, type Details, writeChange, writeDetails } from '../shared/gen/hawser.ts'
import { ProtobufWriter } from '../shared/protobuf-writer.ts'
import type { AppendFields } from '../tcp-core/log/append-batch.ts'
import { DEFAULT_LOG_RULES } from '../tcp-core/log/log-rules.ts'
import { SqliteLog } from '../tcp-core/log/sqlite/sqlite-log.ts'
import { makeFolder } from './temp-folder.ts'

/**
 * What each kind of entry costs the writer at its largest legal size, in milliseconds of CPU:
 * `node bench/writes.ts`. The log's file has 100,000 members in one group and as many
 * reactions on one message. Without the disk's waiting, which a batch shares.
 */
const MANY = 100_000
const NAMES = 500
const ROUNDS = 15
/** Of one message, as many as there may be. */
const EDITS = 100
const LARGE = Buffer.alloc(64 * 1024, 'a text of some words ')
const PROFILE = { name: '', description: '', avatar: '', attributes: [], members: [] }
const NO_DETAILS: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: 0 }
const writer = new ProtobufWriter()

class Writes {
  readonly log: SqliteLog
  now = 1_000_000
  #ids = 0

  constructor(path: string) {
    this.log = new SqliteLog(path, { ...DEFAULT_LOG_RULES, maxGroupMembers: 10 * MANY }, () => this.now)
  }

  entry(
    sender: string,
    conversationId: string,
    more: { change?: Change; details?: Partial<Details>; content?: Uint8Array; sendAt?: number },
  ) {
    this.now++
    this.#ids++
    const { change, details, content = new Uint8Array(0), sendAt } = more
    return {
      sender,
      conversationId,
      clientMessageId: `write-${this.#ids}`,
      contentType: change ? '' : 'text/plain',
      content,
      sentAt: this.now,
      change: change && encoded(writeChange, change),
      details: details && encoded(writeDetails, { ...NO_DETAILS, ...details }),
      sendAt,
    }
  }

  /** All of them have to be let through. Gives the seq of the last. */
  store(entries: readonly AppendFields[]): number {
    let seq = 0
    for (let at = 0; at < entries.length; at += 100) {
      for (const outcome of this.log.append(entries.slice(at, at + 100))) {
        if (outcome.kind !== 'stored' && outcome.kind !== 'scheduled') throw new Error(JSON.stringify(outcome))
        if (outcome.kind === 'stored') seq = outcome.seq
      }
    }
    return seq
  }
}

function encoded<T>(write: (writer: ProtobufWriter, body: T) => void, body: T): Uint8Array {
  writer.reset()
  write(writer, body)
  return writer.finishAlone()
}

/** The CPU of a call, user and system, in milliseconds: the least and the middle of some rounds. */
function measure(name: string, work: () => void): void {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
  }
  times.sort((a, b) => a - b)
  const middle = times[times.length >> 1] as number
  console.log(`${name.padEnd(58)} ${(times[0] as number).toFixed(2).padStart(7)} ${middle.toFixed(2).padStart(7)}`)
}

const names = (prefix: string, count: number, from = 0) => Array.from({ length: count }, (_, i) => `${prefix}${from + i}`)

{
  const writes = new Writes(join(makeFolder(), 'log.sqlite'))
  const does = (by: string, conversation: string, change: Change) => writes.store([writes.entry(by, conversation, { change })])
  const says = (by: string, conversation: string, details?: Partial<Details>, content?: Uint8Array) =>
    writes.store([writes.entry(by, conversation, { ...(details && { details }), ...(content && { content }) })])
  const big = 'group/big'
  const members = names('member', MANY)

  does('owner', big, { create: PROFILE })
  for (let at = 0; at < MANY; at += NAMES) does('owner', big, { add: { users: members.slice(at, at + NAMES) } })
  const reacted = says('owner', big)
  writes.store(members.map((by, i) => writes.entry(by, big, { change: { react: { seq: reacted, key: `k${i % 50}`, removed: false } } })))
  console.log(`${'milliseconds of CPU'.padEnd(58)}   least  middle`)

  let round = 0
  const next = () => ++round
  const group = (prefix: string, count: number) => {
    const id = `group/${prefix}${next()}`
    does('owner', id, { create: { ...PROFILE, members: names('member', count, (round * 137) % (MANY - count)) } })
    return id
  }
  const at = (n: number) => names('member', n, (round * 137) % (MANY - n))

  measure('create, 500 members that are known', () => void group('known', NAMES))
  measure('create, 500 members that are new', () => {
    does('owner', `group/new${next()}`, { create: { ...PROFILE, members: names(`new${round}.`, NAMES) } })
  })
  measure('add of 500 new users to 100,000', () => {
    next()
    does('owner', big, { add: { users: names(`more${round}.`, NAMES) } })
  })
  const muted = group('muted', NAMES)
  const those = at(NAMES)
  measure('mute of 500', () => does('owner', muted, { mute: { users: those, until: writes.now + next() } }))
  let gone = 0
  measure('remove of 500, of 100,000', () => does('owner', big, { remove: { users: names('member', NAMES, gone++ * NAMES) } }))
  measure('add of 500 who were there', () => does('owner', big, { add: { users: names('member', NAMES, --gone * NAMES) } }))
  const full = names('attribute', 32).map((key) => ({ key, value: 'v'.repeat(1024) }))
  measure('update with all there is in a profile', () => {
    does('owner', muted, {
      update: { name: `${next()}`.padEnd(256, 'n'), description: 'd'.repeat(4096), avatar: 'a'.repeat(2048), attributes: full },
    })
  })
  measure('a message of 64 KiB with 50 mentions, 16 attributes', () => {
    const attributes = full.slice(0, 16)
    says('owner', muted, { mentions: those.slice(0, 50), attributes, thread: 1, expiresAt: writes.now + 1e9 }, LARGE)
  })
  const large = says('owner', muted, undefined, LARGE)
  measure('edit, 64 KiB', () => does('owner', muted, { edit: { seq: large, contentType: 'text/plain', content: LARGE } }))
  const direct = directConversationId('owner', 'member1')
  const edited = Array.from({ length: ROUNDS }, () => {
    const seq = says('owner', direct)
    const edit = (content: Uint8Array) => writes.entry('owner', direct, { change: { edit: { seq, contentType: 'text/plain', content } } })
    writes.store(Array.from({ length: EDITS }, () => edit(LARGE)))
    return seq
  })
  measure(`recall of a message with ${EDITS} edits of 64 KiB`, () => does('owner', direct, { recall: { seq: edited.pop() as number } }))
  measure('react on a message with 100,000 reactions', () => {
    does('owner', big, { react: { seq: reacted, key: `k${next() % 50}`, removed: false } })
  })
  measure('the reaction taken away', () => does('owner', big, { react: { seq: reacted, key: `k${next() % 50}`, removed: true } }))
  const pinned = directConversationId('owner', 'member2')
  for (let i = 0; i < 100; i++) says('owner', pinned)
  for (let i = 1; i < 100; i++) does('owner', pinned, { pin: { seq: i, removed: false } })
  measure('pin, the hundredth', () => does('owner', pinned, { pin: { seq: 100, removed: next() % 2 === 0 } }))
  const own = ownConversationId('owner')
  for (const user of names('blocked', 9_000)) writes.store([writes.entry('owner', own, { change: { block: { user, removed: false } } })])
  measure('block, after 9,000', () => does('owner', own, { block: { user: `member${20_000 + next()}`, removed: false } }))
  measure('contact', () => {
    const other = `stranger${next()}`
    does('owner', directConversationId('owner', other), { contact: { step: ContactStep.REQUEST, note: 'n'.repeat(512) } })
  })
  measure('preference, a draft of 16 KiB', () => {
    does('owner', own, { preference: { conversationId: direct, draft: `${next()}`.padEnd(16_384, 'd'), clearedSeq: 1 } })
  })
  measure('status', () => does('owner', own, { status: { text: `${next()}`.padEnd(256, 's') } }))
  measure('scheduled, 64 KiB', () => {
    writes.store([writes.entry('owner', direct, { content: LARGE, sendAt: writes.now + 1e9 })])
  })
  writes.log.close()
}
