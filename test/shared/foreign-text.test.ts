import { describe, expect, test } from 'vitest'
import { forTerminal, jsonLine, namedInText, shownName, terminalLines } from '../../shared/foreign-text.ts'

const everyCharacter = function* (): Generator<string> {
  for (let point = 0; point <= 0x10ffff; point++) yield String.fromCodePoint(point)
}
const isUnsafe = (text: string) => /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text)

test('of all characters, none that steers a terminal or turns what stands around it is let through by any form', () => {
  const through: string[] = []
  for (const character of everyCharacter()) {
    if (isUnsafe(forTerminal(character).replace(/^\u2068|\u2069$/g, '')))
      through.push(`forTerminal ${character.codePointAt(0)?.toString(16)}`)
    if (isUnsafe(shownName(character))) through.push(`shownName ${character.codePointAt(0)?.toString(16)}`)
  }
  expect(through).toEqual([])
})

describe('what people write stays as it is', () => {
  test.each([
    'alice',
    '李雷',
    'Ålesund',
    'שלום',
    'سلام\u200cها',
    '👩‍👩‍👧',
    '❤️',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  ])('%s', (name) => {
    expect(shownName(name)).toBe(name)
    expect(namedInText(name).replace(/[\u2068\u2069]/g, '')).toBe(name)
    expect(forTerminal(name).replace(/[\u2068\u2069]/g, '')).toBe(name)
  })
})

test.each([
  ['gpj\u202eexe', 'gpj\ufffdexe', 'gpj\\u202eexe'],
  ['bo\u200bb', 'bo\ufffdb', 'bo\u200bb'],
  ['a\u{e0062}b', 'a\ufffdb', 'a\u{e0062}b'],
  ['\u001b]0;x\u0007', '\ufffd]0;x\ufffd', '\\u001b]0;x\\u0007'],
  ['\u009b31m', '\ufffd31m', '\\u009b31m'],
  ['\ud800', '\ufffd', '\\ud800'],
])('%j is seen: %j in the page, %j in a terminal', (text, name, terminal) => {
  expect(shownName(text)).toBe(name)
  expect(forTerminal(text)).toBe(terminal)
})

test('a right-to-left piece is isolated, any other needs nothing', () => {
  expect(namedInText('שלום')).toBe('\u2068שלום\u2069')
  expect(forTerminal('שלום')).toBe('\u2068שלום\u2069')
  expect(forTerminal('bob')).toBe('bob')
})

test('a line of JSON means the same value', () => {
  const value = { name: '\u001b[2J\u009b\u202e\u2028"\\', list: ['\u007f'] }
  expect(JSON.parse(jsonLine(value))).toEqual(value)
  expect(isUnsafe(jsonLine(value))).toBe(false)
})

test('lines of ours stay lines, and keep the isolates of their pieces', () => {
  expect(terminalLines(`a\n${forTerminal('ש')}\u001b\u202e`)).toBe('a\n\u2068ש\u2069\\u001b\\u202e')
})
