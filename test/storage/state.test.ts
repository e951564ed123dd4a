import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { Direction, readAnswer, readSyncAck } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { backupLog } from '../../tcp-core/log/sqlite/backup-log.ts'
import type { ThreadedLog } from '../../tcp-core/log/sqlite/threaded-log.ts'
import { verifyLog } from '../../tcp-core/log/sqlite/verify-log.ts'
import { append } from '../contract/log-store.ts'
import { DirectLog } from '../messages/direct-log.ts'
import { logFolder, openLog } from './log-folder.ts'

/** A closed log with something of everything. */
function logFile(): string {
  const path = join(logFolder(), 'log.sqlite')
  const log = new DirectLog(path)
  log.create('alice', 'group/g', ['bob', 'carol'])
  const seq = log.say('alice', 'group/g', 'tea for all', { details: { mentions: ['bob'] } })
  log.say('bob', 'group/g', 'with milk', { details: { thread: seq } })
  log.edit('alice', 'group/g', seq, 'tea for two')
  log.change('bob', 'group/g', { react: { seq, key: '+1', removed: false } })
  log.change('alice', 'group/g', { pin: { seq, removed: false } })
  log.change('carol', 'group/g', { leave: {} })
  const gone = log.say('alice', 'bob', 'recalled tea')
  log.change('alice', 'bob', { recall: { seq: gone } })
  log.say('alice', 'bob', 'short tea', { details: { expiresAt: log.now + 5000 } })
  log.say('alice', 'bob', 'long tea', { details: { expiresAt: 9_000_000_000_000 } })
  log.send('bob', 'alice', 'later', { sendAt: 9_000_000_000_000 })
  log.change('bob', 'own', { block: { user: 'eve', removed: false } })
  log.change('bob', 'own', { preference: { conversationId: 'group/g', pinned: true } })
  log.change('bob', 'own', { status: { text: 'out', audience: 0 } })
  log.change('carol', 'bob', { contact: { step: 0, note: '' } })
  while (log.log.index());
  log.now += 5000
  log.log.expireMessages(log.now)
  log.log.close()
  return path
}

async function found(log: ThreadedLog, user: string, text: string): Promise<string[]> {
  const search = { text, conversationId: '', sender: '', sentFrom: 0, sentBefore: 0, cursor: '', limit: 0 }
  const { messages } = readAnswer(new ProtobufReader(await log.query(user, { search })))
  return messages?.messages.map(({ content }) => Buffer.from(content).toString()) ?? []
}

test('verify finds what does not agree with the entries, and nothing in a log that is well', () => {
  const path = logFile()
  expect(verifyLog(path).findings).toEqual([])
  const cases: [string, RegExp][] = [
    ['UPDATE grp SET member_count = 3', /^group\/g: has 2 members, its group says 3$/],
    ["UPDATE member SET role = 3 WHERE user = (SELECT id FROM user WHERE name = 'bob')", /^group\/g: its owner is not the only member/m],
    ['UPDATE member SET role = 1 WHERE role = 3', /^group\/g: its owner is not the only member/m],
    ["UPDATE grp SET owner = (SELECT id FROM user WHERE name = 'bob')", /^group\/g: its owner is not the only member/m],
    ['DELETE FROM grp', /^group\/g: there is no group$/],
    ["INSERT INTO grp VALUES (77, x'', 1, 0, 0, 0, 0)", /^group 77: there is no conversation$/],
    ["INSERT INTO reaction VALUES (999, 'x', 1)", /^a reaction of message 999: there is no such message$/m],
    ["INSERT INTO reaction VALUES (2, 'x', 99)", /^a reaction: there is no user 99$/m],
    ['UPDATE reaction_count SET count = 7', /^message \d+: 1 reactions of a kind are counted as 7$/],
    ['UPDATE edit SET message = 999', /^an edit of message 999: there is no such message$/],
    ['UPDATE edit SET entry = 999', /^the entry of message 999: there is no such message$/],
    ['INSERT INTO aftermath (message, entry, at) VALUES (999, 1, 1)', /^an aftermath of message 999/],
    ['INSERT INTO expiry VALUES (1, 999)', /^an expiry of message 999/],
    ['INSERT INTO pin VALUES (1, 999)', /^group\/g: a pin of seq 999, which is not there$/],
    ['INSERT INTO pin VALUES (1, 3)', /^group\/g: seq 3 is pinned, and does not say so$/],
    ['INSERT INTO mention VALUES (1, 1, 999)', /^group\/g: a mention of seq 999/],
    ['INSERT INTO mention VALUES (99, 1, 2)', /^a mention: there is no user 99$/],
    ['INSERT INTO thread VALUES (1, 2, 999)', /^group\/g: a thread of seq 999/],
    [
      "INSERT INTO scheduled (sender, client_message_id, send_at, send) VALUES (99, 'x', 1, x'')",
      /^a scheduled message: there is no user 99$/,
    ],
    ['UPDATE allowance SET groups = 7', /^a user is in \d+ groups, and counted in 7$/m],
    ['INSERT INTO group_ban VALUES (1, 99, 1, 1)', /^a ban of a group: there is no user 99$/],
    ['UPDATE preference SET user = 99', /^a preference: there is no user 99$/],
    ['UPDATE block SET blocked = 99', /^a block: there is no user 99$/],
    ["INSERT INTO search (rowid, words) VALUES (999, 'x')", /^the search index of message 999/],
    [
      "INSERT INTO search (rowid, words) SELECT id, 'x' FROM message WHERE flags & 4",
      /^message \d+ has disappeared, and is in the search index$/,
    ],
    ['DELETE FROM search_data WHERE id > 10', /search/],
  ]
  for (const [sql, finding] of cases) {
    const copy = join(logFolder(), 'log.sqlite')
    copyFileSync(path, copy)
    const database = new DatabaseSync(copy, { defensive: false })
    database.exec(sql)
    database.close()
    expect(verifyLog(copy).findings.join('\n'), sql).toMatch(finding)
  }
})

test('a backup has all of it, and is searched and goes on as a log of its own', async () => {
  const path = logFile()
  const to = join(logFolder(), 'backup.sqlite')
  await backupLog(path, to)
  expect(verifyLog(to).findings).toEqual([])
  const log = await openLog(to)
  expect(await found(log, 'bob', 'tea')).toEqual(['long tea', 'tea for two'])
  await append(log, { clientMessageId: 'new', content: Buffer.from('new tea') })
  expect(await found(log, 'bob', 'tea')).toEqual(['new tea', 'long tea', 'tea for two'])
  expect((await log.dueSends(9_000_000_000_000)).map(({ sender }) => sender)).toEqual(['bob'])
  expect((await log.verify()).findings).toEqual([])
})

test('the index follows by itself when nothing is stored, and goes on after a restart', { timeout: 60_000 }, async () => {
  const path = join(logFolder(), 'log.sqlite')
  let log = await openLog(path)
  const ids = Array.from({ length: 3000 }, (_, i) => `tea ${i}`)
  await Promise.all(ids.map((clientMessageId) => append(log, { clientMessageId })))
  await log.close()
  log = await openLog(path)
  const indexed = () => {
    const database = new DatabaseSync(path, { readOnly: true })
    const { count } = database.prepare('SELECT count(*) AS count FROM search_docsize').get() as { count: number }
    database.close()
    return count
  }
  while (indexed() < 3000) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await found(log, 'bob', 'tea 2999')).toEqual(['tea 2999'])
  expect((await log.verify()).findings).toEqual([])
})

test('a log of before there was an index is indexed', () => {
  const path = join(logFolder(), 'log.sqlite')
  const log = new DirectLog(path)
  log.say('alice', 'bob', 'old tea')
  log.log.close()
  const database = new DatabaseSync(path, { defensive: false })
  // What version 2 had.
  const later = database
    .prepare(
      "SELECT type, name FROM sqlite_schema WHERE name IN ('search', 'member_of_group', 'member_left', 'grp', 'aftermath', 'edit', 'reaction', 'reaction_count', 'group_ban', 'allowance', 'pin', 'mention', 'thread', 'expiry', 'scheduled', 'scheduled_by_time', 'preference', 'block', 'block_by_blocked', 'online', 'contact', 'status') ORDER BY type",
    )
    .all() as { type: string; name: string }[]
  for (const { type, name } of later) database.exec(`DROP ${type} IF EXISTS ${name}`)
  for (const column of ['role', 'from_seq', 'cleared_seq', 'until_seq', 'until_message', 'until_name', 'joined_at', 'muted_until'])
    database.exec(`ALTER TABLE member DROP COLUMN ${column}`)
  for (const column of ['flags', 'details', 'change']) database.exec(`ALTER TABLE message DROP COLUMN ${column}`)
  database.exec('PRAGMA user_version = 2')
  database.close()
  const opened = new DirectLog(path)
  expect(opened.found('bob', 'tea')).toEqual(['old tea'])
  opened.create('bob', 'group/g', ['alice'])
  opened.log.close()
  expect(verifyLog(path).findings).toEqual([])
})

test('while the disk takes nothing, what is indexed is found', () => {
  const path = logFile()
  const log = new DirectLog(path)
  const index = log.log.index.bind(log.log)
  log.log.index = () => {
    throw new Error('disk I/O error')
  }
  expect(log.found('bob', 'tea')).toEqual(['long tea', 'tea for two'])
  log.log.index = index
  const page = log.log.reads.page({
    userId: 'bob',
    conversationId: 'group/g',
    direction: Direction.FORWARD,
    fromSeq: 0,
    limit: 10,
    epoch: 0,
    digest: 0,
  })
  expect(readSyncAck(new ProtobufReader(page.syncAck)).page?.lastSeq).toBe(7)
})
