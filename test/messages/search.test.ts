import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { Role } from '../../shared/gen/hawser.ts'
import { hasTerms, termsOf, wordsOf } from '../../tcp-core/log/reads/search-words.ts'
import { logFolder } from '../storage/log-folder.ts'
import { DirectLog, refusal, textOf } from './direct-log.ts'

const SETTINGS = {
  send: Role.ROLE_UNSPECIFIED,
  invite: Role.ROLE_UNSPECIFIED,
  update: Role.ROLE_UNSPECIFIED,
  remove: Role.ROLE_UNSPECIFIED,
  mute: Role.ROLE_UNSPECIFIED,
  pin: Role.ROLE_UNSPECIFIED,
  mentionAll: Role.ROLE_UNSPECIFIED,
  recallOthers: Role.ROLE_UNSPECIFIED,
  open: false,
  hideHistory: true,
  editSeconds: 0,
  recallSeconds: 0,
}

test.each([
  ['a word', 'lunch', 'See you at lunch!'],
  ['the beginning of the last word', 'see lun', 'See you at lunch!'],
  ['words in any order', 'lunch see', 'See you at lunch!'],
  ['another case', 'LUNCH', 'See you at lunch!'],
  ['without accents', 'creme brulee', 'Crème Brûlée, s’il vous plaît'],
  ['with accents', 'crème', 'Creme fraiche'],
  ['part of Chinese', '会议', '今天下午三点我们在会议室讨论'],
  ['one character', '点', '今天下午三点我们在会议室讨论'],
  ['Japanese', 'カラオケ', '今晩カラオケに行きませんか'],
  ['half-width kana', 'ｶﾗｵｹ', '今晩カラオケに行きませんか'],
  ['Korean', '녕하', '안녕하세요'],
  ['Thai', 'สวัส', 'สวัสดีครับ'],
  ['mixed scripts', '我爱type', '因为我爱TypeScript语言'],
  ['full width', 'abc', 'ＡＢＣ １２３'],
  ['a Greek last letter', 'οδοσ', 'η ΟΔΟΣ'],
  ['Polish, which no normal form takes apart', 'lodz', 'Wczoraj w Łodzi, jutro w mieście Łódź'],
  ['Danish', 'rodgrod', 'rødgrød med fløde'],
  ['Serbian', 'dordevic', 'Đorđević je tu'],
  ['German, by two letters', 'strasse', 'Die Straße ist lang'],
  ['German, in capitals', 'STRAẞE', 'Die Strasse ist lang'],
  ['French, by two letters', 'oeuvre', 'une œuvre'],
  ['Latin', 'caesar', 'CÆSAR'],
  ['Turkish', 'ısparta', 'Isparta ve İstanbul'],
  ['Turkish, its dotless letter', 'isparta', 'Şehir: ısparta'],
  ['Icelandic', 'thad', 'það er gott'],
  ['Arabic without tashkeel', 'محمد', 'مُحَمَّد هنا'],
  ['Arabic with tashkeel', 'مُحَمَّد', 'محمد هنا'],
  ['Arabic without tatweel', 'سلام', 'ســـلام عليكم'],
  ['Hebrew without niqqud', 'שלום', 'שָׁלוֹם לכם'],
  ['Hebrew with niqqud', 'שָׁלוֹם', 'שלום לכם'],
  ['what soft hyphens part', 'Donaudampf', 'Die Donau\u00addampf\u00adschifffahrt'],
  ['what zero-width characters part', 'hello', 'he\u200bl\u200dlo\u2060 there'],
  ['between marks of direction', 'שלום', '\u200fשלום\u200e!'],
  ['a long phrase', '今天下午三点我们在会议室讨论下一个季度的计划', '通知：今天下午三点，我们在会议室讨论下一个季度的计划。'],
  ['Hindi', 'हिन्दी', 'मुझे हिन्दी आती है'],
])('finds %s', (_what, text, said) => {
  const log = new DirectLog()
  log.say('alice', 'bob', said)
  log.say('bob', 'alice', 'something else')
  expect(log.found('bob', text)).toEqual([said])
  expect(hasTerms(wordsOf(said), termsOf(text))).toBe(true)
})

test.each([
  ['part of a word', 'unch', 'See you at lunch!'],
  ['the beginning of a word that is not the last', 'lun see', 'See you at lunch!'],
  ['all but one of the words', 'see dinner', 'See you at lunch!'],
  ['characters that are not beside each other', '今室', '今天下午三点我们在会议室讨论'],
])('does not find %s', (_what, text, said) => {
  const log = new DirectLog()
  log.say('alice', 'bob', said)
  expect(log.found('alice', text)).toEqual([])
  expect(hasTerms(wordsOf(said), termsOf(text))).toBe(false)
})

test('a beginning that many words have is found in each of them, and with others beside it', () => {
  const log = new DirectLog()
  for (let i = 0; i < 60; i++) log.say('alice', 'bob', `number n${i}x ${i % 10 === 0 ? 'tea' : 'milk'}`)
  log.say('alice', 'bob', 'another')
  const all = (text: string) => {
    const found: string[] = []
    let cursor = ''
    do {
      const page = log.search('bob', { text, cursor, limit: 100 })
      found.push(...page.messages.map(textOf))
      cursor = page.nextCursor
    } while (cursor !== '')
    return found
  }
  expect(all('n').length).toBe(60)
  expect(all('n5').length).toBe(11)
  expect(all('tea n').length).toBe(6)
  expect(all('tea n3')).toEqual(['number n30x tea'])
  expect(all('nothing')).toEqual([])
})

test('what was indexed with the folding of before is found meanwhile, and better once it is indexed again', () => {
  const path = join(logFolder(), 'log.sqlite')
  const old = new DirectLog(path)
  const said = Array.from({ length: 250 }, (_, i) => `Łódź ${i}`)
  for (const text of said) old.say('alice', 'bob', text)
  while (old.log.index());
  old.log.close()
  const database = new DatabaseSync(path)
  database.exec("DELETE FROM search; DELETE FROM meta WHERE key = 'search_folded'")
  for (const i of said.keys()) database.prepare('INSERT INTO search (rowid, words) VALUES (?, ?)').run(i + 1, `1_0@1 1_0_łodz 1_0_${i}`)
  database.close()
  const log = new DirectLog(path)
  log.now = old.now
  const index = log.log.index.bind(log.log)
  log.log.index = () => false
  expect(log.found('bob', 'łódź 249')).toEqual(['Łódź 249'])
  expect(log.found('bob', 'lodz')).toEqual([])
  log.log.index = index
  let slices = 1
  while (log.log.index()) slices++
  expect(slices).toBeGreaterThan(2)
  expect(log.found('bob', { text: 'lodz', limit: 100 })).toHaveLength(100)
  expect(log.found('bob', 'łódź 249')).toEqual(['Łódź 249'])
  log.log.close()
})

test('what looks like a query language is text', () => {
  const log = new DirectLog()
  log.say('alice', 'bob', 'NEAR and far, OR not')
  for (const text of [
    '"near',
    'near*',
    'NEAR(far or)',
    'words:near',
    '(near',
    'near AND NOT OR',
    "near'; DROP TABLE message",
    '-near ^far',
    '1_0_near',
  ])
    expect(() => log.search('bob', text), text).not.toThrow()
  expect(log.found('bob', 'near OR not')).toEqual(['NEAR and far, OR not'])
  expect(log.found('bob', '"near" -far')).toEqual(['NEAR and far, OR not'])
})

test('refuses what nothing can be found by', () => {
  const log = new DirectLog()
  const invalid = { code: 'field_invalid', field: 'text' }
  expect(refusal(() => log.search('bob', ''))).toEqual(invalid)
  expect(refusal(() => log.search('bob', ' … ?!'))).toEqual(invalid)
  expect(refusal(() => log.search('bob', { text: '?', sender: 'alice' }))).toEqual(invalid)
  expect(refusal(() => log.search('bob', 'a '.repeat(17)))).toEqual(invalid)
  expect(refusal(() => log.search('bob', 'x'.repeat(513)))).toEqual(invalid)
  expect(refusal(() => log.search('bob', { text: 'a', cursor: 'A!' }))).toEqual({ code: 'field_invalid', field: 'cursor' })
  const off = new DirectLog(':memory:', { search: 'off' })
  expect(refusal(() => off.search('bob', 'a'))).toMatchObject({ code: 'forbidden' })
})

test('a conversation of others looks like none at all, whether it is there or not', () => {
  const log = new DirectLog()
  log.say('alice', 'bob', 'secret')
  log.create('alice', 'group/g', ['bob'])
  log.say('alice', 'group/g', 'secret')
  const unknown = { code: 'conversation_unknown', field: 'conversation_id' }
  for (const conversationId of ['dm/alice/bob', 'group/g', 'group/none', 'dm/alice/carol', 'own/alice'])
    expect(
      refusal(() => log.search('eve', { text: 'secret', conversationId })),
      conversationId,
    ).toEqual(unknown)
  expect(refusal(() => log.search('eve', { text: 'secret', conversationId: 'nothing' }))).toEqual({ ...unknown, code: 'field_invalid' })
  expect(log.found('eve', { text: 'secret', conversationId: 'dm/bob/eve' })).toEqual([])
  expect(log.found('eve', 'secret')).toEqual([])
  expect(log.found('bob', 'secret')).toEqual(['secret', 'secret'])
})

test('filters by conversation, sender and time', () => {
  const log = new DirectLog()
  log.create('alice', 'group/g', ['bob'])
  log.say('alice', 'bob', 'tea one')
  const from = log.now + 1
  log.say('bob', 'alice', 'tea two')
  log.say('alice', 'group/g', 'tea three')
  const before = log.now
  log.say('bob', 'group/g', 'tea four')
  expect(log.found('alice', 'tea')).toEqual(['tea four', 'tea three', 'tea two', 'tea one'])
  expect(log.found('alice', { text: 'tea', conversationId: 'group/g' })).toEqual(['tea four', 'tea three'])
  expect(log.found('alice', { text: 'tea', sender: 'bob' })).toEqual(['tea four', 'tea two'])
  expect(log.found('alice', { sender: 'bob' })).toEqual(['tea four', 'tea two'])
  expect(log.found('alice', { text: 'tea', sender: 'nobody' })).toEqual([])
  expect(log.found('alice', { text: 'tea', sentFrom: from })).toEqual(['tea four', 'tea three', 'tea two'])
  expect(log.found('alice', { text: 'tea', sentBefore: before })).toEqual(['tea two', 'tea one'])
  expect(log.found('alice', { text: 'tea', sentFrom: from, sentBefore: before, sender: 'bob' })).toEqual(['tea two'])
})

test('only text is searched, and of it messages only', () => {
  const log = new DirectLog()
  log.say('alice', 'bob', '{"caption":"tea"}', { contentType: 'application/json' })
  const seq = log.say('alice', 'bob', 'tea', { contentType: 'text/markdown' })
  log.change('bob', 'alice', { react: { seq, key: 'tea', removed: false } })
  log.change('alice', 'own', { preference: { conversationId: 'dm/alice/bob', draft: 'tea' } })
  expect(log.search('alice', 'tea').messages).toMatchObject([
    { seq, contentType: 'text/markdown', aftermath: { reactions: [{ key: 'tea' }] } },
  ])
})

test('an edited message is found by what it says now', () => {
  const log = new DirectLog()
  const seq = log.say('alice', 'bob', 'tea')
  expect(log.found('bob', 'tea')).toEqual(['tea'])
  log.edit('alice', 'bob', seq, 'coffee')
  expect([log.found('bob', 'tea'), log.found('bob', 'coffee')]).toEqual([[], ['coffee']])
  log.edit('alice', 'bob', seq, 'water')
  expect([log.found('bob', 'tea'), log.found('bob', 'coffee'), log.found('bob', 'water')]).toEqual([[], [], ['water']])
})

test('edits and recalls without end are followed', () => {
  const log = new DirectLog()
  for (let i = 0; i < 300; i++) {
    const seq = log.say('alice', 'bob', `tea ${i}`)
    log.log.index()
    if (i % 3 === 0) log.change('alice', 'bob', { recall: { seq } })
    else log.edit('alice', 'bob', seq, `coffee ${i}`)
    log.log.index()
  }
  expect(log.found('bob', 'tea')).toEqual([])
  expect(log.found('bob', { text: 'coffee', limit: 3 })).toEqual(['coffee 299', 'coffee 298', 'coffee 296'])
})

test('what is taken back or has disappeared is not found', () => {
  const log = new DirectLog()
  const seq = log.say('alice', 'bob', 'tea')
  log.say('alice', 'bob', 'tea with milk', { details: { expiresAt: log.now + 3000 } })
  expect(log.found('bob', 'tea')).toEqual(['tea with milk', 'tea'])
  log.change('alice', 'bob', { recall: { seq } })
  expect(log.found('bob', 'tea')).toEqual(['tea with milk'])
  log.now += 3000
  expect(log.found('bob', 'tea')).toEqual([])
  log.log.expireMessages(log.now)
  expect(log.found('bob', 'tea')).toEqual([])
})

test('an index that is behind an edit gives nobody what was there before', () => {
  const log = new DirectLog()
  const seq = log.say('alice', 'bob', 'tea')
  while (log.log.index());
  log.edit('alice', 'bob', seq, 'coffee')
  log.log.index = () => false
  expect(log.found('bob', 'tea')).toEqual([])
})

test('who came later finds nothing of before, who cleared nothing of what was cleared', () => {
  const log = new DirectLog()
  log.create('alice', 'group/g', ['bob'], SETTINGS)
  const seq = log.say('alice', 'group/g', 'tea at four')
  log.change('alice', 'group/g', { add: { users: ['carol'] } })
  log.say('alice', 'group/g', 'tea at five')
  log.edit('alice', 'group/g', seq, 'tea at six')
  expect(log.found('carol', 'tea')).toEqual(['tea at five'])
  expect(log.found('bob', 'tea')).toEqual(['tea at five', 'tea at six'])
  log.change('bob', 'own', { preference: { conversationId: 'group/g', clearedSeq: seq } })
  expect(log.found('bob', 'tea')).toEqual(['tea at five'])
})

test('G5: who has left finds what was until then, and no later content by any word', () => {
  const log = new DirectLog()
  log.create('alice', 'group/g', ['bob'])
  const first = log.say('alice', 'group/g', 'tea one')
  log.say('alice', 'group/g', 'tea two')
  log.change('bob', 'group/g', { leave: {} })
  log.say('alice', 'group/g', 'tea three')
  log.edit('alice', 'group/g', first, 'coffee one')
  expect(log.found('bob', 'tea')).toEqual(['tea two'])
  expect(log.found('bob', 'coffee')).toEqual([])
  expect(log.found('bob', { sender: 'alice' })).toEqual(['tea two'])
  log.change('alice', 'group/g', { add: { users: ['bob'] } })
  expect(log.found('bob', 'coffee')).toEqual(['coffee one'])
})

test('pages go on where the one before ended, over conversations, and end', () => {
  const log = new DirectLog()
  const said: string[] = []
  for (let i = 0; i < 250; i++) {
    said.unshift(`tea ${i}`)
    log.say('alice', `user${i % 7}`, `tea ${i}`)
    log.say('alice', `user${i % 7}`, 'nothing')
  }
  const found: string[] = []
  let cursor = ''
  const sizes: number[] = []
  do {
    const page = log.search('alice', { text: 'tea', cursor, limit: 60 })
    found.push(...page.messages.map(textOf))
    sizes.push(page.messages.length)
    cursor = page.nextCursor
  } while (cursor !== '')
  expect(found).toEqual(said)
  expect(sizes).toEqual([60, 60, 60, 60, 10])
  expect(log.search('alice', 'tea').messages.length).toBe(50)
  expect(log.search('alice', { text: 'tea', limit: 1000 }).messages.length).toBe(100)
})

test('a page holds 256 KiB of content', () => {
  const log = new DirectLog()
  for (let i = 0; i < 10; i++) log.say('alice', 'bob', `tea ${i} ${'x'.repeat(60_000)}`)
  const first = log.search('bob', 'tea')
  expect(first.messages.length).toBe(4)
  expect(log.search('bob', { text: 'tea', cursor: first.nextCursor }).messages.map(({ seq }) => seq)).toEqual([6, 5, 4, 3])
})

test('a request looks at so much, then answers with what it has and goes on in the next', () => {
  const log = new DirectLog()
  for (let i = 0; i < 4500; i++) log.say('alice', i % 3 === 0 ? 'carol' : 'bob', i === 100 ? 'straw in the wind' : 'straw')
  while (log.log.index());
  const old = { text: 'straw', sentBefore: log.now - 4_390_000 }
  const first = log.search('alice', old)
  expect(first.messages).toEqual([])
  const found: string[] = []
  let pages = 1
  for (let cursor = first.nextCursor; cursor !== ''; pages++) {
    const page = log.search('alice', { ...old, cursor })
    found.push(...page.messages.map(textOf))
    cursor = page.nextCursor
  }
  expect(found.length).toBe(109)
  expect(found.filter((text) => text !== 'straw')).toEqual(['straw in the wind'])
  expect(pages).toBeLessThan(10)
})

test('all conversations are looked through, a hundred at a time, those with the latest messages first', () => {
  const log = new DirectLog()
  for (let i = 0; i < 1002; i++) log.say('alice', `user${i}`, 'hay needle')
  while (log.log.index());
  const found = new Set<string>()
  let cursor = ''
  do {
    const page = log.search('alice', { text: 'needle', cursor, limit: 100 })
    for (const { conversationId } of page.messages) found.add(conversationId)
    cursor = page.nextCursor
  } while (cursor !== '')
  expect(found.size).toBe(1002)
  expect([...found].map((id) => Number(id.slice('dm/alice/user'.length)))).toEqual(Array.from({ length: 1002 }, (_, i) => 1001 - i))
  expect(log.found('alice', { text: 'needle', conversationId: 'dm/alice/user1' })).toEqual(['hay needle'])
})

test('a long conversation is looked through part by part', () => {
  const log = new DirectLog()
  for (let i = 0; i < 34; i++) {
    const batch = Array.from({ length: 1000 }, (_, k) => ({
      sender: k % 2 === 0 ? 'alice' : 'bob',
      conversationId: 'dm/alice/bob',
      clientMessageId: `m${i}-${k}`,
      contentType: 'text/plain',
      content: Buffer.from(k === 500 ? `needle ${i}` : 'hay'),
      sentAt: i * 1000 + k,
    }))
    log.log.append(batch)
  }
  while (log.log.index());
  const numbers = Array.from({ length: 34 }, (_, i) => `needle ${33 - i}`)
  expect(log.found('bob', 'needle')).toEqual(numbers)
  const first = log.search('bob', { text: 'needle', limit: 20 })
  expect(first.messages.map(textOf)).toEqual(numbers.slice(0, 20))
  expect(log.found('bob', { text: 'needle', cursor: first.nextCursor })).toEqual(numbers.slice(20))
})

test('words are found whatever the searcher has said before: nothing of a text looks like a sender or a place', () => {
  const log = new DirectLog()
  log.say('alice', 'bob', 'x@1 1_0@1 1_0_tea')
  log.say('bob', 'alice', 'tea')
  expect(log.found('bob', { sender: 'alice', text: 'tea' })).toEqual(['x@1 1_0@1 1_0_tea'])
  expect(log.found('bob', { sender: 'bob' })).toEqual(['tea'])
})
