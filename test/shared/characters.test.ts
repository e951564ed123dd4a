import { expect, test } from 'vitest'
import { textFault } from '../../shared/characters.ts'
import { conversationIdFault, MAX_CONVERSATION_ID, userIdFault } from '../../shared/conversation-id.ts'

const KINDS = ['id', 'text', 'lines'] as const
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const LINES = [0x09, 0x0a, 0x0d, 0x2028, 0x2029]
const MARKS = [0x061c, 0x200e, 0x200f]
/** N2 */
const NOWHERE = [...range(0, 0x1f), ...range(0x7f, 0x9f), ...range(0x202a, 0x202e), ...range(0x2066, 0x2069), 0xd800, 0xdfff]
const FINE = ['a', ' ', 'é', '田', 'ب', 'ש', '👍🏽', '\u200d', '\u200c', '\ufe0f', '\u00ad']

test.each(KINDS)('N2: every character that is in no %s is found, and no other', (kind) => {
  const limits = { min: 1, max: 100 }
  const refuses = (code: number) => textFault(`a${String.fromCharCode(code)}b`, kind, limits) !== undefined
  const refused = new Set(range(0, 0xffff).filter(refuses))
  const inLines = kind === 'lines' ? LINES : []
  const marks = kind === 'id' ? MARKS : []
  const surrogates = range(0xd800, 0xdfff)
  const expected = [...NOWHERE, ...LINES, ...marks, ...surrogates].filter((code) => !inLines.includes(code))
  expect([...refused]).toEqual([...new Set(expected)].sort((a, b) => a - b))
  for (const text of FINE) expect(textFault(text, kind, limits), text).toBeUndefined()
})

test.each(KINDS)('the bounds of %s are bytes, and nothing longer is looked at', (kind) => {
  expect(textFault('', kind, { min: 0, max: 4 })).toBeUndefined()
  expect(textFault('', kind, { min: 1, max: 4 })).toBe('is empty')
  expect(textFault('éé', kind, { min: 1, max: 4 })).toBeUndefined()
  expect(textFault('ééé', kind, { min: 1, max: 4 })).toBe('is longer than 4 bytes')
  expect(textFault('abcde', kind, { min: 1, max: 4 })).toBe('is longer than 4 bytes')
})

test.each([
  ['', 'is empty'],
  ['nonsense', 'begins with none'],
  ['room/x', 'begins with none'],
  ['group/', '1 to 64'],
  ['group/a b', '1 to 64'],
  [`group/${'x'.repeat(65)}`, '1 to 64'],
  ['group/a/b', '1 to 64'],
  ['own', 'is not "own/"'],
  ['own/', 'is empty'],
  ['own/a/b', 'is not "own/"'],
  ['own/a%2fb', 'neither "%25" nor "%2F"'],
  ['dm/a', 'two user ids'],
  ['dm/a/b/c', 'two user ids'],
  ['dm//b', 'is empty'],
  ['dm/a/', 'is empty'],
  ['dm/b/a', 'wrong order'],
  ['dm/a%2fb/c', 'neither "%25" nor "%2F"'],
  ['dm/a%41/c', 'neither "%25" nor "%2F"'],
  ['dm/a%/c', 'neither "%25" nor "%2F"'],
  ['dm/a/b c', 'white space'],
  ['dm/a/b\u0000', 'control character'],
  ['dm/a/b\u001b', 'control character'],
  ['dm/a/b\u0085', 'control character'],
  ['dm/a/b\u202e', 'mark of direction'],
  ['dm/a/b\u200f', 'mark of direction'],
  ['dm/a/b\ud800', 'lone surrogate'],
  [`dm/a/${'x'.repeat(129)}`, 'longer than 128 bytes'],
  [`dm/a/${'x'.repeat(1_000_000)}`, 'longer than any'],
])('N3: no conversation is %j', (id, fault) => {
  expect(conversationIdFault(id)).toContain(fault)
})

test.each([
  'dm/a/b',
  'dm/a/a',
  `dm/${'x'.repeat(128)}/${'y'.repeat(128)}`,
  `dm/${'%2F'.repeat(127)}%25/${'%2F'.repeat(128)}`,
  'dm/a%252F/b',
  'dm/田中/田中b',
  'own/a%2Fb',
  'group/x',
  `group/${'~'.repeat(64)}`,
])('N3: %j is one', (id) => {
  expect(conversationIdFault(id)).toBeUndefined()
  expect(id.length).toBeLessThanOrEqual(MAX_CONVERSATION_ID)
})

test.each([' ', '\u00a0', '\u3000', '\ufeff', '\u2028', '\u200f', '\u202e', '\u0085'])('N1: no user id has %j', (character) => {
  expect(userIdFault(`a${character}b`)).toBeDefined()
})
