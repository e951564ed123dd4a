import { beforeAll, describe, expect, test } from 'vitest'
import { linked, loadLinks } from '../../edge/page/links.ts'

beforeAll(loadLinks)

/** Links as `[text](href)`, or only `[text]` where both are the same. */
const shown = (text: string) =>
  linked(text)
    .map((piece) => (typeof piece === 'string' ? piece : piece.text === piece.href ? `[${piece.text}]` : `[${piece.text}](${piece.href})`))
    .join('')

describe.each([
  [
    'punctuation in Latin',
    [
      ['See https://a.com.', 'See [https://a.com].'],
      ['https://a.com/x, https://b.com; and', '[https://a.com/x], [https://b.com]; and'],
      ['Really https://a.com/?', 'Really [https://a.com/]?'],
      ['"https://a.com"', '"[https://a.com]"'],
      ['HTTPS://A.COM/x', '[HTTPS://A.COM/x]'],
    ],
  ],
  [
    'punctuation in Chinese and Japanese',
    [
      ['看https://a.com。好的', '看[https://a.com]。好的'],
      ['「https://a.com」と', '「[https://a.com]」と'],
      ['(https://a.com/路径)、', '([https://a.com/路径])、'],
      ['见https://a.com/x，然后', '见[https://a.com/x]，然后'],
      ['《https://a.com/?q=好》!', '《[https://a.com/?q=好]》!'],
    ],
  ],
  [
    'brackets',
    [
      ['(https://a.com/x_(y))', '([https://a.com/x_(y)])'],
      ['[https://a.com]', '[[https://a.com]]'],
      ['<https://a.com>', '<[https://a.com]>'],
      ['{https://a.com/{id}}', '{[https://a.com/{id}]}'],
    ],
  ],
  [
    'ports, queries, fragments and numbers',
    [
      ['http://localhost:8787/#/with/bob', '[http://localhost:8787/#/with/bob]'],
      ['https://a.com:8080/x?y=1&z=2#f, and', '[https://a.com:8080/x?y=1&z=2#f], and'],
      ['https://[::1]:80/', '[https://[::1]:80/]'],
      ['http://10.0.0.1/x', '[http://10.0.0.1/x]'],
      ['https://a.com/?next=https://b.com/', '[https://a.com/?next=https://b.com/]'],
    ],
  ],
  [
    'mail',
    [
      ['write to me@x.org.', 'write to [me@x.org](mailto:me@x.org).'],
      ['mailto:me@x.org', '[me@x.org](mailto:me@x.org)'],
      ['@bob and bob@', '@bob and bob@'],
    ],
  ],
  [
    'no other scheme',
    [
      ['javascript:alert(1)', 'javascript:alert(1)'],
      ['javascript://a.com/%0aalert(1)', 'javascript://a.com/%0aalert(1)'],
      ['data:text/html,x ftp://a.com //a.com a.com', 'data:text/html,x ftp://a.com //a.com a.com'],
      ['xhttps://a.com', 'xhttps://a.com'],
      ['https://', 'https://'],
    ],
  ],
  [
    'hosts in other scripts',
    [
      ['https://пример.рф/путь', '[https://пример.рф/путь]'],
      ['https://例え.jp/', '[https://例え.jp/]'],
      ['https://münchen.de', '[https://münchen.de]'],
      ['שלום https://a.com/א.', 'שלום [https://a.com/א].'],
    ],
  ],
  [
    'where it leads is what is shown',
    [
      ['https://good.com@evil.com/x', 'https://good.com@[evil.com/x](https://evil.com/x)'],
      ['https://me:secret@a.com', 'https://me:secret@[a.com](https://a.com)'],
      ['https://good.com%2F@evil.com', 'https://good.com%2F@[evil.com](https://evil.com)'],
      // The first letter, or all of them, are Cyrillic.
      ['https://аpple.com/x', '[https://xn--pple-43d.com/x](https://аpple.com/x)'],
      ['https://аррӏе.com', '[https://xn--80ak6aa92e.com](https://аррӏе.com)'],
      ['https://a.comと', '[https://a.xn--com-yb4b](https://a.comと)'],
      ['me@аpple.com', 'me@аpple.com'],
      ['https://a.com/gpj\u202eexe', '[https://a.com/gpj\ufffdexe](https://a.com/gpj\u202eexe)'],
    ],
  ],
])('%s', (_, cases) => {
  test.each(cases)('%j', (text, expected) => {
    expect(shown(text)).toBe(expected)
  })
})

test.each(cases64KiB())('64 KiB of %j are cut in a moment, and nothing of them is lost', (_, text) => {
  const began = performance.now()
  const pieces = linked(text)
  expect(performance.now() - began).toBeLessThan(2000)
  expect(pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('')).toBe(text)
})

function cases64KiB(): [string, string][] {
  const parts = ['https://', 'https://a.com ', '((', 'https://a/((', 'a@', 'a.', 'https://a.a', '@a.com ', 'https://a/?', "https://a/'"]
  return parts.map((part) => [part, part.repeat(65_536 / part.length)])
}
