import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { verifyLog } from '../../tcp-core/log/sqlite/verify-log.ts'
import { DirectLog, textOf } from './direct-log.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup()
})

const GONE = { contentType: '', details: undefined, aftermath: { expired: true, reactions: [] } }

test('S5: the content is gone from pages, the list and what is unread at its time, before it is out of the file', () => {
  const log = new DirectLog()
  log.say('alice', 'bob', 'stays')
  const expiresAt = log.now + 60_000
  log.say('alice', 'bob', 'goes', { details: { expiresAt, mentions: ['bob'] } })
  expect(log.list('bob')).toMatchObject([{ unread: 2, mentions: 1, lastMessage: { details: { expiresAt } } }])
  log.now = expiresAt - 1
  expect(log.page('bob', 'alice').map(textOf)).toEqual(['stays', 'goes'])
  log.now = expiresAt
  expect(log.page('bob', 'alice').map(textOf)).toEqual(['stays', ''])
  expect(log.page('bob', 'alice')[1]).toMatchObject(GONE)
  expect(log.list('bob')).toMatchObject([{ unread: 1, mentions: 0, lastMessage: GONE }])
})

test('an edit of a message that has disappeared is as gone as the message', () => {
  const log = new DirectLog()
  const expiresAt = log.now + 60_000
  const seq = log.say('alice', 'bob', 'goes', { details: { expiresAt } })
  log.edit('alice', 'bob', seq, 'goes, edited')
  const [, edit] = log.page('bob', 'alice')
  expect(Buffer.from(edit?.change?.edit?.content ?? '').toString()).toBe('goes, edited')
  log.now = expiresAt
  expect(log.page('bob', 'alice')).toMatchObject([GONE, { change: { edit: { seq, contentType: '', content: new Uint8Array(0) } } }])
})

test('what has disappeared is not in the file any more, and the log is still whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-expiry-'))
  cleanups.push(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'log.sqlite')
  const log = new DirectLog(path)
  for (let i = 0; i < 1200; i++) log.say('alice', 'bob', `the secret ${i}`, { details: { expiresAt: 10_000_000 } })
  log.say('alice', 'bob', 'the rest')
  while (log.log.index());
  expect(log.log.expireMessages(9_999_999)).toBe(false)
  expect(log.page('bob', 'alice')[0]).toMatchObject({ details: { expiresAt: 10_000_000 } })
  let times = 1
  while (log.log.expireMessages(10_000_000)) times++
  expect(times).toBeGreaterThan(2)
  expect(log.log.nextDue()).toBeUndefined()
  expect(log.found('bob', 'the')).toEqual(['the rest'])
  expect(log.send('alice', 'bob', 'the secret 7', { id: 'id-8', details: { expiresAt: 10_000_000 } })).toMatchObject({
    kind: 'duplicate',
    seq: 8,
  })
  log.log.close()
  expect(verifyLog(path).findings).toEqual([])
})

test('the next time at which something is due is known', () => {
  const log = new DirectLog()
  expect(log.log.nextDue()).toBeUndefined()
  log.say('alice', 'bob', 'b', { details: { expiresAt: 9_000_000 } })
  expect(log.log.nextDue()).toBe(9_000_000)
  log.send('alice', 'bob', 'a', { sendAt: 8_000_000 })
  expect(log.log.nextDue()).toBe(8_000_000)
  log.change('alice', 'own', { unschedule: { clientMessageId: 'id-2' } })
  expect(log.log.nextDue()).toBe(9_000_000)
})
