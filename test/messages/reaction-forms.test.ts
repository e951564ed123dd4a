import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { readAnswer } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { OF_VERSION_5 } from '../storage/former-schema.ts'
import { logFolder } from '../storage/log-folder.ts'
import { DirectLog } from './direct-log.ts'

const HEARTS = ['\u2764', '\u2764\ufe0f', '\u2764\ufe0e']
const CAFES = ['caf\u00e9', 'cafe\u0301']

test('M3: one kind of reaction, whichever form each gave, and whichever takes it away', () => {
  const log = new DirectLog()
  log.create('alice', 'group/g', ['bob', 'carol'])
  const seq = log.say('alice', 'group/g', 'tea')
  const react = (user: string, key: string, removed = false) => log.change(user, 'group/g', { react: { seq, key, removed } })
  const reactions = () => log.page('alice', 'group/g').find((message) => message.seq === seq)?.aftermath?.reactions
  for (const [i, key] of HEARTS.entries()) react(['alice', 'bob', 'carol'][i] as string, key)
  for (const key of HEARTS) react('alice', key)
  expect(reactions()).toEqual([{ key: '❤️', count: 3, own: true }])
  react('alice', '\u2764\ufe0e', true)
  expect(reactions()).toEqual([{ key: '❤️', count: 2, own: false }])
  for (const [i, key] of CAFES.entries()) react(['alice', 'bob'][i] as string, key)
  expect(reactions()).toEqual([
    { key: 'caf\u00e9', count: 2, own: true },
    { key: '❤️', count: 2, own: false },
  ])
})

test('M3: reactions that an older release kept apart are one after the migration, and so is who gave them', () => {
  const path = join(logFolder(), 'log.sqlite')
  const before = new DirectLog(path)
  before.create('alice', 'group/g', ['bob', 'carol'])
  const seq = before.say('alice', 'group/g', 'tea')
  before.change('carol', 'group/g', { react: { seq, key: '👍', removed: false } })
  before.log.close()
  const database = new DatabaseSync(path)
  const add = database.prepare('INSERT INTO reaction (message, key, user) SELECT 2, ?, id FROM user WHERE name = ?')
  for (const [key, user] of [
    [HEARTS[0], 'alice'],
    [HEARTS[1], 'alice'],
    [HEARTS[2], 'bob'],
    [CAFES[0], 'bob'],
    [CAFES[1], 'bob'],
  ] as const)
    add.run(key as string, user)
  database.exec(OF_VERSION_5)
  database.close()
  const log = new DirectLog(path)
  const told = log.page('alice', 'group/g').find((message) => message.seq === seq)?.aftermath?.reactions
  expect(told?.toSorted((a, b) => a.key.localeCompare(b.key))).toEqual(
    [
      { key: '❤️', count: 2, own: true },
      { key: '👍', count: 1, own: false },
      { key: 'caf\u00e9', count: 1, own: false },
    ].toSorted((a, b) => a.key.localeCompare(b.key)),
  )
  for (const key of HEARTS) {
    const query = { reactors: { conversationId: 'group/g', seq, key, cursor: '', limit: 10 } }
    const answer = readAnswer(new ProtobufReader(log.log.reads.query('alice', query)))
    expect(answer.reactors?.users).toEqual(['alice', 'bob'])
  }
  log.log.close()
})
