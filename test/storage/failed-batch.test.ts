import { expect, test } from 'vitest'
import { type Change, writeChange } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { AppendFields, StoredOutcome } from '../../tcp-core/log/append-batch.ts'
import { SqliteLog } from '../../tcp-core/log/sqlite/sqlite-log.ts'

const GROUP = 'group/g'
/** Names a field whose bytes are not there: nobody's rule refuses it, it cannot be read. */
const UNREADABLE = Uint8Array.of(10, 200)
const PROFILE = { name: 'g', description: '', avatar: '', attributes: [] }

function encoded(change: Change): Uint8Array {
  const writer = new ProtobufWriter()
  writer.reset()
  writeChange(writer, change)
  return writer.finishAlone()
}

let ids = 0
const entry = (sender: string, conversationId: string, more: Partial<AppendFields> = {}): AppendFields => ({
  sender,
  conversationId,
  clientMessageId: `id-${++ids}`,
  contentType: 'text/plain',
  content: Buffer.from('text'),
  sentAt: 1_000_000 + ids,
  ...more,
})
const change = (sender: string, conversationId: string, body: Change): AppendFields =>
  entry(sender, conversationId, { contentType: '', change: encoded(body) })

const said = (outcomes: readonly StoredOutcome[]) =>
  outcomes.map((outcome) => (outcome.kind === 'stored' ? outcome.seq : outcome.kind === 'refused' ? outcome.code : outcome.kind))

/** The batch fails after all of it was written. */
function fails(log: SqliteLog, batch: readonly AppendFields[]): void {
  expect(() => log.append([...batch, entry('alice', 'dm/alice/bob', { change: UNREADABLE })])).toThrow()
}

const create = (members: string[]) => change('alice', GROUP, { create: { ...PROFILE, members } })

test('of a batch that failed nothing is remembered: not a group, nor its members, names, blocks or what was scheduled', () => {
  const log = new SqliteLog(':memory:')
  fails(log, [
    create(['bob', 'carol']),
    entry('bob', GROUP),
    change('carol', GROUP, { react: { seq: 2, key: '+1', removed: false } }),
    change('bob', 'own/bob', { block: { user: 'alice', removed: false } }),
    entry('bob', 'dm/bob/carol', { clientMessageId: 'later', sendAt: 9_000_000 }),
  ])
  expect(said(log.append([entry('alice', GROUP), entry('bob', GROUP)]))).toEqual(['conversation_unknown', 'conversation_unknown'])
  expect(said(log.append([create(['bob']), entry('carol', GROUP), entry('bob', GROUP), entry('alice', 'dm/alice/bob')]))).toEqual([
    1,
    'conversation_unknown',
    2,
    1,
  ])
  expect(log.dueSends(10_000_000)).toEqual([])
})

test('of a group that was there before a batch failed, what was there holds', () => {
  const log = new SqliteLog(':memory:')
  log.append([create(['bob', 'carol'])])
  fails(log, [
    change('alice', GROUP, { mute: { users: [], until: 9_000_000 } }),
    change('alice', GROUP, { transfer: { user: 'bob' } }),
    change('bob', GROUP, { remove: { users: ['carol'] } }),
    change('bob', GROUP, { dissolve: {} }),
  ])
  const outcomes = log.append([
    entry('carol', GROUP),
    change('bob', GROUP, { dissolve: {} }),
    change('alice', GROUP, { transfer: { user: 'carol' } }),
    change('alice', GROUP, { leave: {} }),
  ])
  expect(said(outcomes)).toEqual([2, 'forbidden', 3, 4])
})

test('a refusal between two entries of a batch leaves nothing behind but the entries', () => {
  const log = new SqliteLog(':memory:')
  log.append([create(['bob'])])
  const batch = [
    entry('bob', GROUP),
    change('bob', GROUP, { dissolve: {} }),
    change('mallory', 'own/mallory', { preference: { conversationId: 'dm/mallory/', draft: 'x' } }),
    change('bob', GROUP, { add: { users: ['new', 'new two'] } }),
    entry('bob', GROUP),
  ]
  expect(said(log.append(batch))).toEqual([2, 'forbidden', 'field_invalid', 'field_invalid', 3])
  // Nobody was let in, and the group is no other.
  expect(said(log.append([entry('new', GROUP), change('alice', GROUP, { add: { users: ['new'] } })]))).toEqual(['conversation_unknown', 4])
})
