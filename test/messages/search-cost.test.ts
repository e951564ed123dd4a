import { expect, test } from 'vitest'
import { DirectLog } from './direct-log.ts'

const CHARACTERS = 21_000
const LARGE = 40
/** Of a reader's thread, in milliseconds; it is 15 on a machine with nothing else to do (docs/DECISIONS.md). */
const BOUND = 60

const chinese = (seed: number) =>
  Array.from({ length: CHARACTERS }, (_, i) => String.fromCharCode(0x4e00 + (((i + seed) * 7919) % 170))).join('')

function largeLog(): DirectLog {
  const log = new DirectLog()
  for (let i = 0; i < 1100; i++) log.say('alice', `user${i}`, `hay ${i}`)
  let words = 0
  const word = () => `a${(words++).toString(36).padStart(4, '0')}`
  for (let i = 0; i < LARGE; i++) {
    log.say('alice', 'bob', '哈'.repeat(CHARACTERS))
    log.say('alice', 'carol', chinese(i))
    log.say('alice', 'dave', Array.from({ length: 10_000 }, word).join(' '))
  }
  while (log.log.index());
  return log
}

test('a call of the dearest search takes a bounded time of the thread, and the pages give all there is', { timeout: 60_000 }, () => {
  const log = largeLog()
  const phrase = chinese(0).slice(0, 170)
  const cases: [what: string, text: string, found: number][] = [
    ['170 characters that each text has', phrase, LARGE],
    ['the same, but not in this order', `${phrase.slice(0, 168)}${phrase[0]}${phrase[0]}`, 0],
    ['one character 170 times', '哈'.repeat(170), LARGE],
    ['a beginning of 400,000 words', 'a', LARGE],
    ['words that nobody said, in 1,103 conversations', 'nothing nobody', 0],
    ['a word in 1,100 conversations', 'hay', 1100],
  ]
  for (const [what, text, expected] of cases) {
    let cursor = ''
    let found = 0
    let longest = 0
    do {
      const before = process.threadCpuUsage()
      const page = log.search('alice', { text, cursor, limit: 100 })
      const { user, system } = process.threadCpuUsage(before)
      longest = Math.max(longest, (user + system) / 1000)
      expect(page.nextCursor === '' || page.nextCursor !== cursor, `${what}: goes on`).toBe(true)
      found += page.messages.length
      cursor = page.nextCursor
    } while (cursor !== '')
    expect(found, what).toBe(expected)
    expect(longest, what).toBeLessThan(BOUND)
  }
})
