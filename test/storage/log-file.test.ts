import { closeSync, copyFileSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { Direction, readSyncAck } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { rollingDigest } from '../../tcp-core/log/rolling-digest.ts'
import type { ThreadedLog } from '../../tcp-core/log/sqlite/threaded-log.ts'
import { verifyLog } from '../../tcp-core/log/sqlite/verify-log.ts'
import { append } from '../contract/log-store.ts'
import { OF_VERSION_5 } from './former-schema.ts'
import { logFolder, openLog } from './log-folder.ts'
import { leafPage, overwritePage } from './pages.ts'

/** A closed log with `count` messages from alice and as many from bob, and with where it is. */
async function logFile(count: number): Promise<string> {
  const path = join(logFolder(), 'log.sqlite')
  const log = await openLog(path)
  for (const sender of ['alice', 'bob']) {
    const ids = Array.from({ length: count }, (_, i) => `${sender}-${String(i).padStart(6, '0')}`)
    await Promise.all(
      ids.map((clientMessageId) => append(log, { sender, clientMessageId, content: Buffer.from(`text of ${clientMessageId}`) })),
    )
  }
  await log.close()
  return path
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

const findings = (path: string) => verifyLog(path).findings

test('verify finds what is wrong, whatever it is, and nothing in a log that is well', async () => {
  const path = await logFile(100)
  expect(findings(path)).toEqual([])
  const cases: [string, RegExp][] = [
    ["UPDATE message SET content = 'other' WHERE seq = 40", /^dm\/alice\/bob: the digest at seq 40 is not that of what was stored$/],
    ['UPDATE message SET sender = 2 WHERE seq = 7', /the digest at seq 7/],
    ['UPDATE message SET digest = 0 WHERE seq = 7', /seq 7 has no digest/],
    ['UPDATE message SET sender = 99 WHERE seq = 7', /seq 7 has no sender/],
    ['UPDATE message SET previous = 3 WHERE seq = 7', /seq 7 says that it follows message 3, not 6/],
    ['DELETE FROM message WHERE seq = 50', /seq 51 follows 49/],
    ['DELETE FROM message WHERE seq > 190', /its last message is 190, it says 200/],
    ['UPDATE conversation SET epoch = 5', /the digest at seq 1/],
    ['DELETE FROM conversation', /message 1: there is no conversation 1/],
    ['UPDATE member SET read_seq = 201 WHERE user = 2', /bob stands at 201 of 200/],
    ['DELETE FROM member WHERE user = 2', /has 1 members instead of 2/],
    ['INSERT INTO member (user, conversation) VALUES (1, 9)', /member alice: there is no conversation 9/],
  ]
  for (const [sql, finding] of cases) {
    const copy = join(logFolder(), 'log.sqlite')
    copyFileSync(path, copy)
    change(copy, sql)
    expect(findings(copy).join('\n'), sql).toMatch(finding)
  }
})

test('a byte that changed on the disk is found by its digest, where the database itself sees nothing wrong', async () => {
  const path = await logFile(50)
  const bytes = readFileSync(path)
  // Pages keep what was moved out of them, so there may be more than one of it.
  for (let at = bytes.indexOf('text of alice-000020'); at >= 0; at = bytes.indexOf('text of alice-000020')) bytes.write('TEXT', at)
  writeFileSync(path, bytes)
  expect(findings(path)).toEqual(['dm/alice/bob: the digest at seq 21 is not that of what was stored'])
})

test('a corrupt page of an index costs the messages that need it, not those beside them in the batch', async () => {
  const path = await logFile(3000)
  overwritePage(path, leafPage(path, 'message_by_client_id', 1))
  const log = await openLog(path)
  const batch = Array.from({ length: 20 }, (_, i) => ({
    sender: i % 5 === 0 ? 'alice' : 'bob',
    // alice's would go into the page that is broken, bob's to the end
    clientMessageId: i % 5 === 0 ? `alice-000250-${i}` : `bob-later-${String(i).padStart(2, '0')}`,
  }))
  const settled: string[] = []
  const outcomes = await Promise.all(
    batch.map((message) =>
      append(log, message).then((outcome) => {
        settled.push(message.clientMessageId)
        return outcome
      }),
    ),
  )
  expect(outcomes.map(({ kind }) => kind)).toEqual(batch.map(({ sender }) => (sender === 'alice' ? 'failed' : 'stored')))
  expect(settled).toEqual(batch.map(({ clientMessageId }) => clientMessageId))
  expect(outcomes.flatMap((outcome) => ('seq' in outcome ? [outcome.seq] : []))).toEqual(Array.from({ length: 16 }, (_, i) => 6001 + i))
  expect(log.fault?.kind).toBe('corrupt')
  expect((await log.verify()).findings.join('\n')).toMatch(/^database: /m)
})

test('a backup is whole, made while messages come, and known as one when it is opened', { timeout: 60_000 }, async () => {
  const path = await logFile(2000)
  const log = await openLog(path)
  const to = join(logFolder(), 'backup.sqlite')
  let more = true
  let sent = 0
  const load = (async () => {
    while (more) await append(log, { clientMessageId: `during-${sent++}` })
  })()
  const made = await log.backup(to)
  more = false
  await load
  expect(made.bytes).toBeGreaterThan(0)
  expect([existsSync(`${to}.partial`), existsSync(`${to}-wal`)]).toEqual([false, false])
  await expect(log.backup(to)).rejects.toThrow(`${to} is there already`)
  await expect(log.backup(join(logFolder(), 'no/such/backup'))).rejects.toThrow()

  const seen = async (store: ThreadedLog, known: { fromSeq: number; epoch: number; digest: number }) => {
    const { syncAck } = await store.page({
      userId: 'alice',
      conversationId: 'dm/alice/bob',
      direction: Direction.FORWARD,
      limit: 1,
      ...known,
    })
    const { page } = readSyncAck(new ProtobufReader(syncAck))
    return { epoch: page?.epoch ?? 0, discontinuity: page?.discontinuity, fromSeq: page?.fromSeq, message: page?.messages[0] }
  }
  const before = await seen(log, { fromSeq: 99, epoch: 0, digest: 0 })
  const last = await append(log, { clientMessageId: 'lost with the disk' })

  const restored = await openLog(to)
  expect(restored.restoredFrom).toMatch(/^\d{4}-/)
  expect((await restored.verify()).findings).toEqual([])
  const after = await seen(restored, { fromSeq: 100, epoch: before.epoch, digest: before.message?.digest ?? 0 })
  expect([after.discontinuity, after.fromSeq, after.epoch === before.epoch]).toEqual([true, 100, false])
  const first = await append(restored, { clientMessageId: 'first of the new time' })
  // No id that the lost messages had is given again.
  const number = (outcome: object) => Number.parseInt(('messageId' in outcome ? String(outcome.messageId) : '').split('-')[1] ?? '', 36)
  expect(number(first)).toBeGreaterThan(number(last) + 1_000_000)
  await restored.close()
  const again = await openLog(to)
  expect(again.restoredFrom).toBeUndefined()
  expect((await seen(again, { fromSeq: 100, epoch: after.epoch, digest: 0 })).discontinuity).toBe(false)
})

test('a log of schema version 1 is brought up to date, and its messages are known again', async () => {
  const path = join(logFolder(), 'log.sqlite')
  change(
    path,
    `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
     CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
     CREATE TABLE conversation (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last_message INTEGER NOT NULL DEFAULT 0);
     CREATE TABLE member (user INTEGER NOT NULL, conversation INTEGER NOT NULL, delivered_seq INTEGER NOT NULL DEFAULT 0,
       read_seq INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (user, conversation)) WITHOUT ROWID;
     CREATE TABLE message (id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, seq INTEGER NOT NULL, sender INTEGER NOT NULL,
       client_message_id TEXT NOT NULL, sent_at INTEGER NOT NULL, content_type TEXT NOT NULL, content BLOB NOT NULL);
     CREATE UNIQUE INDEX message_by_seq ON message (conversation, seq);
     CREATE UNIQUE INDEX message_by_client_id ON message (sender, client_message_id);
     INSERT INTO meta VALUES ('id_prefix', 'c0ffee00');
     INSERT INTO user VALUES (1, 'alice'), (2, 'bob');
     INSERT INTO conversation VALUES (1, 'dm/alice/bob', 1);
     INSERT INTO member (user, conversation) VALUES (1, 1), (2, 1);
     INSERT INTO message VALUES (1, 1, 1, 1, 'first', 1, 'text/plain', x'6669727374');
     PRAGMA user_version = 1`,
  )
  const log = await openLog(path)
  expect(await append(log, { clientMessageId: 'first' })).toMatchObject({ kind: 'duplicate', seq: 1, messageId: 'c0ffee00-1', digest: 0 })
  expect(await append(log, { clientMessageId: 'second' })).toMatchObject({ kind: 'stored', seq: 2, messageId: 'c0ffee00-2' })
  expect((await log.verify()).findings).toEqual([])
})

/** What the tables of messages had before version 5. */
const OF_VERSION_4 = `${OF_VERSION_5}
  DROP INDEX message_anchor;
  ALTER TABLE message DROP COLUMN previous;
  CREATE UNIQUE INDEX message_by_seq ON message (conversation, seq);
  PRAGMA user_version = 4;`
const OF_VERSION_3 = `${OF_VERSION_4}
  DROP INDEX message_by_client_id;
  CREATE UNIQUE INDEX message_by_client_id ON message (sender, client_message_id) WHERE keyed;
  PRAGMA user_version = 3;`

test.each([
  [5, 'no index of who has left', OF_VERSION_5],
  [4, 'an index of all places', OF_VERSION_4],
  [3, 'also looked for ids by their sender', OF_VERSION_3],
])('a log of schema version %i, which had %s, knows its messages again', async (_version, _what, sql) => {
  const path = join(logFolder(), 'log.sqlite')
  const before = await openLog(path)
  for (let i = 1; i <= 40; i++) {
    await append(before, { clientMessageId: `to bob ${i}` })
    await append(before, { clientMessageId: `to carol ${i}`, conversationId: 'dm/alice/carol' })
  }
  await before.close()
  change(path, sql)
  const log = await openLog(path)
  expect(await append(log, { clientMessageId: 'to bob 7' })).toMatchObject({ kind: 'duplicate', seq: 7 })
  expect(await append(log, { clientMessageId: 'to bob 41' })).toMatchObject({ kind: 'stored', seq: 41 })
  const rest = { userId: 'alice', conversationId: 'dm/alice/bob', epoch: 0, digest: 0, direction: Direction.FORWARD, limit: 100 }
  expect(await log.page({ ...rest, fromSeq: 11 })).toMatchObject({ beginSeq: 11, endSeq: 41, more: false })
  expect((await log.verify()).findings).toEqual([])
  await log.close()
  const database = new DatabaseSync(path, { readOnly: true })
  const indexes = database.prepare("SELECT name FROM pragma_index_list('message') ORDER BY name").all()
  expect(indexes).toMatchObject([{ name: 'message_anchor' }, { name: 'message_by_client_id' }])
  const columns = database.prepare("SELECT name FROM pragma_index_info('message_by_client_id')").all()
  expect(columns).toMatchObject([{ name: 'client_message_id' }, { name: 'sender' }])
  expect(database.prepare("SELECT count(*) AS count FROM sqlite_schema WHERE name = 'member_left'").get()).toEqual({ count: 1 })
  database.close()
})

test('a log of a later Hawser, and a file that is none, are not touched', async () => {
  const path = await logFile(1)
  change(path, 'PRAGMA user_version = 99')
  await expect(openLog(path)).rejects.toThrow('schema version 99')
  const other = join(logFolder(), 'log.sqlite')
  const file = openSync(other, 'w')
  writeSync(file, Buffer.alloc(10_000, 'no database '))
  closeSync(file)
  await expect(openLog(other)).rejects.toThrow('file is not a database')
})

test('digests stay what they are: other releases and their logs depend on it', () => {
  const message = { sender: 'alice', clientMessageId: 'm-1', contentType: 'text/plain', content: Buffer.from('hello') }
  const digest = rollingDigest(8_127_364_509_182_736, 1, message)
  expect(digest).toBe(7_143_287_416_624_973)
  const others = [
    rollingDigest(8_127_364_509_182_737, 1, message),
    rollingDigest(8_127_364_509_182_736 - 2 ** 40, 1, message),
    rollingDigest(8_127_364_509_182_736, 2, message),
    rollingDigest(8_127_364_509_182_736, 2 ** 40 + 1, message),
    ...[{ sender: 'alicf' }, { clientMessageId: 'm-2' }, { contentType: '' }, { content: Buffer.from('hellp') }].map((other) =>
      rollingDigest(8_127_364_509_182_736, 1, { ...message, ...other }),
    ),
    // What ends one field does not begin the next.
    rollingDigest(8_127_364_509_182_736, 1, { ...message, sender: 'alicem', clientMessageId: '-1' }),
  ]
  expect(new Set([digest, ...others]).size).toBe(others.length + 1)
})
