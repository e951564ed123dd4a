import { beforeAll, expect, test } from 'vitest'
import { loadLinks } from '../edge/page/links.ts'
import { begunName, calledIn, completed } from '../edge/page/mentions.ts'
import { piecesOf } from '../edge/page/pieces.ts'

beforeAll(loadLinks)

const MEMBERS = ['bob', 'bobby', 'a.b', 'Zoë', '(x)']

test.each([
  ['hello @bob', ['bob'], false],
  ['@bobby and @bob, and @bob again', ['bobby', 'bob'], false],
  ['@a.b: see (@bob) @Zoë!', ['a.b', 'bob', 'Zoë'], false],
  ['@all hands', [], true],
  ['mail bob@bob.example or @bobbin or @nobody', [], false],
  ['@(x) is a name too', ['(x)'], false],
])('whom %s calls', (text, mentions, mentionAll) => {
  expect(calledIn(text, MEMBERS)).toEqual({ mentions, mentionAll })
})

test('a begun name before the caret is made whole', () => {
  expect(begunName('hi @bo', 6)).toBe('bo')
  expect(begunName('hi @bo you', 10)).toBeUndefined()
  expect(begunName('a@b', 3)).toBeUndefined()
  expect(completed('hi @bo you', 6, 'bobby')).toEqual({ text: 'hi @bobby you', caret: 10 })
})

test('names and addresses are told from the text around them', () => {
  expect(piecesOf('@bob see https://a.example/@bob, @bobby', { mentions: ['bob'], mentionAll: false })).toEqual([
    { mention: 'bob' },
    ' see ',
    { href: 'https://a.example/@bob', text: 'https://a.example/@bob' },
    ', @bobby',
  ])
})
