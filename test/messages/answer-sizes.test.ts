import { expect, test } from 'vitest'
import { type Answer, type Attribute, type Query, readAnswer, readSyncAck } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ANSWER_BYTES, ITEM_BYTES } from '../../tcp-core/log/reads/answer-items.ts'
import { DirectLog } from './direct-log.ts'

/** As long as names may be. */
const name = (text: string, i: number) => `${text}${i}`.padEnd(128, '.')
const USER = name('alice', 0)
const CONTENT_BYTES = 64 * 1024
const attributes = (count: number): Attribute[] =>
  Array.from({ length: count }, (_, i) => ({ key: `${i}`.padEnd(64, 'k'), value: 'v'.repeat(1024) }))
const details = { attributes: attributes(16), mentions: Array.from({ length: 50 }, (_, i) => name('m', i)) }
const FULL_PROFILE = { name: 'n'.repeat(256), description: 'd'.repeat(4096), avatar: 'a'.repeat(2048), attributes: attributes(32) }

/** Every page of an answer, each of a bounded size. */
function pages(log: DirectLog, queryAt: (cursor: string) => Query): Answer[] {
  const all: Answer[] = []
  let cursor = ''
  do {
    const bytes = log.log.reads.query(USER, queryAt(cursor))
    expect(bytes.length).toBeLessThanOrEqual(ANSWER_BYTES)
    const answer = readAnswer(new ProtobufReader(bytes))
    all.push(answer)
    cursor =
      (answer.messages ?? answer.scheduled ?? answer.relations ?? answer.members ?? answer.reactors ?? answer.readers)?.nextCursor ?? ''
  } while (cursor !== '')
  return all
}

function listed(log: DirectLog): { sizes: number[]; names: string[] } {
  const sizes: number[] = []
  const names: string[] = []
  let cursor = ''
  do {
    const bytes = log.log.reads.list(USER, cursor, 500)
    sizes.push(bytes.length)
    const { list } = readSyncAck(new ProtobufReader(bytes))
    names.push(...(list?.conversations.map(({ conversationId }) => conversationId) ?? []))
    cursor = list?.nextCursor ?? ''
  } while (cursor !== '')
  return { sizes, names }
}

test('Y2: a list of 110 groups with full profiles comes in pages below the bound, each group once', () => {
  const log = new DirectLog()
  for (let i = 0; i < 110; i++) {
    log.change(name('owner', 1), `group/${i}`, { create: { ...FULL_PROFILE, members: [USER], settings: undefined } })
    log.change(USER, 'own', { preference: { conversationId: `group/${i}`, draft: 'x'.repeat(16 * 1024) } })
  }
  const { sizes, names } = listed(log)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(ANSWER_BYTES)
  expect(new Set(names).size).toBe(111)
  expect(names).toHaveLength(111)
})

test('the largest conversation of the list has no more than is allowed for besides its content', () => {
  const log = new DirectLog()
  log.change(USER, 'group/1', { create: { ...FULL_PROFILE, members: [], settings: undefined } })
  const seq = log.say(USER, 'group/1', 'x'.repeat(CONTENT_BYTES), { details, contentType: 't'.repeat(128), id: 'i'.repeat(64) })
  for (let i = 0; i < 50; i++) log.change(USER, 'group/1', { react: { seq, key: `${i}`.padEnd(64, 'r'), removed: false } })
  log.change(USER, 'own', { preference: { conversationId: 'group/1', draft: 'x'.repeat(16 * 1024) } })
  log.say(USER, 'group/1', 'x'.repeat(CONTENT_BYTES), { details })
  expect(Math.max(...listed(log).sizes)).toBeLessThan(CONTENT_BYTES + ITEM_BYTES)
})

test.each([
  ['small contents with full details', 'x', details],
  ['contents as large as they may be', 'x'.repeat(CONTENT_BYTES), details],
  ['empty contents with many mentions', '', { mentions: details.mentions }],
] as const)('Y1, Y7: every kind of page of messages is bounded: %s', (_, content, more) => {
  const log = new DirectLog()
  log.change(USER, 'group/1', { create: { ...FULL_PROFILE, members: [], settings: undefined } })
  const first = log.say(USER, 'group/1', 'root')
  const seqs: number[] = []
  for (let i = 0; i < 85; i++) {
    const seq = log.say(USER, 'group/1', `findme ${content}`.slice(0, CONTENT_BYTES), { details: { ...more, thread: first } })
    log.change(USER, 'group/1', { pin: { seq, removed: false } })
    seqs.push(seq)
  }
  while (log.log.index());
  const conversationId = 'group/1'
  const found = (queryAt: (cursor: string) => Query) =>
    pages(log, queryAt).flatMap((answer) => answer.messages?.messages.map(({ seq }) => seq) ?? [])
  expect(found((cursor) => ({ thread: { conversationId, thread: first, fromSeq: Number(cursor), limit: 500 } }))).toEqual(seqs)
  expect(found((cursor) => ({ pins: { conversationId, fromSeq: Number(cursor) } }))).toEqual(seqs)
  expect(found((cursor) => ({ messages: { conversationId, seqs: seqs.filter((seq) => seq > Number(cursor)) } }))).toEqual(seqs)
  const search = { text: 'findme', conversationId, sender: '', sentFrom: 0, sentBefore: 0, limit: 100 }
  expect(found((cursor) => ({ search: { ...search, cursor } }))).toEqual(seqs.toReversed())
  for (const direction of [0, 1] as const) {
    const all: number[] = []
    for (let fromSeq = 0, more = true; more; ) {
      const result = log.log.reads.page({ userId: USER, conversationId, direction, fromSeq, limit: 200, epoch: 0, digest: 0 })
      expect(result.syncAck.length).toBeLessThanOrEqual(ANSWER_BYTES)
      const page = readSyncAck(new ProtobufReader(result.syncAck)).page
      const part = page?.messages.map(({ seq }) => seq) ?? []
      all.push(...part)
      more = result.more
      fromSeq = (direction === 0 ? part.at(-1) : part[0]) ?? 0
    }
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: all.length }, (_, i) => i + 1))
    expect(all.length).toBe(172)
  }
})

test('Y7: a hundred scheduled messages, and thousands of relations, come in pages below the bound, each once', () => {
  const log = new DirectLog()
  for (let i = 0; i < 100; i++) log.send(USER, name('bob', 1), 'x'.repeat(40_000), { details, sendAt: 9_000_000_000 })
  const scheduled = pages(log, (cursor) => ({ scheduled: { cursor } })).flatMap((answer) => answer.scheduled?.scheduled ?? [])
  expect(new Set(scheduled.map(({ clientMessageId }) => clientMessageId)).size).toBe(100)
  expect(scheduled).toHaveLength(100)

  const contact = { step: 0, note: '' } as const
  for (let i = 0; i < 2000; i++) log.change(USER, name('c', i), { contact })
  for (let i = 1500; i < 5000; i++) log.change(USER, 'own', { block: { user: name('c', i), removed: false } })
  const relations = pages(log, (cursor) => ({ relations: { cursor } })).flatMap((answer) => answer.relations?.relations ?? [])
  expect(new Set(relations.map(({ userId }) => userId)).size).toBe(5000)
  expect(relations).toHaveLength(5000)
  expect(relations.filter(({ blocked }) => blocked)).toHaveLength(3500)
  expect(relations.filter(({ contact }) => contact === 1)).toHaveLength(2000)
})

test('Y7: members, readers and reactors with the longest names are bounded by the limit of their pages', () => {
  const log = new DirectLog()
  const members = Array.from({ length: 499 }, (_, i) => name('m', i))
  log.change(USER, 'group/1', { create: { ...FULL_PROFILE, members, settings: undefined } })
  const seq = log.say(USER, 'group/1', 'hello')
  log.log.advance(members.map((userId) => ({ conversationId: 'group/1', userId, deliveredSeq: seq, readSeq: seq })))
  for (const member of members) log.change(member, 'group/1', { react: { seq, key: 'r', removed: false } })
  const of = { conversationId: 'group/1', seq, limit: 500 }
  expect(pages(log, (cursor) => ({ members: { ...of, cursor } }))[0]?.members?.members).toHaveLength(500)
  expect(pages(log, (cursor) => ({ readers: { ...of, cursor } }))[0]?.readers?.readers).toHaveLength(499)
  expect(pages(log, (cursor) => ({ reactors: { ...of, key: 'r', cursor } }))[0]?.reactors?.users).toHaveLength(499)
})
