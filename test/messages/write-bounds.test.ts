import { expect, test } from 'vitest'
import { Direction } from '../../shared/gen/hawser.ts'
import { DirectLog, textOf } from './direct-log.ts'

const reached = /"code":"limit_reached"/

test('M1: a message is edited a hundred times at most, and all of it goes with the message', () => {
  const log = new DirectLog()
  const seq = log.say('ann', 'bob', 'text')
  for (let i = 0; i < 100; i++) log.edit('ann', 'bob', seq, `edit ${i}`)
  expect(() => log.edit('ann', 'bob', seq, 'one more')).toThrow(reached)
  log.change('ann', 'bob', { recall: { seq } })
  const texts = log.page('bob', 'ann').map(({ content, change }) => textOf({ content: change?.edit?.content ?? content } as never))
  expect(new Set(texts)).toEqual(new Set(['']))
})

test('P2: a user blocks ten thousand others at most, and one of them again or no more', () => {
  const log = new DirectLog()
  const block = (user: string, removed = false) => log.change('ann', 'own', { block: { user, removed } })
  for (let i = 0; i < 10_000; i++) block(`user${i}`)
  expect(() => block('one-more')).toThrow(reached)
  block('user1')
  block('user2', true)
  block('one-more')
})

test('M3: reactions are counted by kind as they come and go', () => {
  const log = new DirectLog()
  const users = Array.from({ length: 20 }, (_, i) => `user${i}`)
  log.create('ann', 'group/g', users)
  const seq = log.say('ann', 'group/g', 'text')
  const react = (by: string, key: string, removed = false) => log.change(by, 'group/g', { react: { seq, key, removed } })
  for (const by of users) react(by, '+')
  for (const by of users.slice(0, 7)) react(by, '-')
  react('user0', '+')
  react('user3', '+', true)
  react('user3', '+', true)
  const reactions = () => log.page('user3', 'group/g').find((message) => message.seq === seq)?.aftermath?.reactions
  expect(reactions()).toEqual([
    { key: '+', count: 19, own: false },
    { key: '-', count: 7, own: true },
  ])
  for (const by of users.slice(0, 7)) react(by, '-', true)
  expect(reactions()).toEqual([{ key: '+', count: 19, own: false }])
})

test('S5: messages that disappear together go in slices, and all of them go', () => {
  const log = new DirectLog()
  const expiresAt = 10_000_000
  for (let i = 0; i < 350; i++) log.say('ann', 'bob', `text ${i}`, { details: { expiresAt } })
  let slices = 0
  while (log.log.expireMessages(expiresAt)) slices++
  expect(slices).toBeGreaterThanOrEqual(4)
  log.now = 0
  const query = { userId: 'bob', conversationId: 'dm/ann/bob', direction: Direction.FORWARD, fromSeq: 0, limit: 200, epoch: 0, digest: 0 }
  expect(log.log.reads.page(query).endSeq).toBe(200)
  expect(log.page('bob', 'ann').every(({ aftermath }) => aftermath?.expired)).toBe(true)
})

test('S6: messages that are due together come in slices of bytes', () => {
  const log = new DirectLog()
  for (let i = 0; i < 10; i++) log.send('ann', 'bob', 'x'.repeat(60_000), { sendAt: 10_000_000 + i })
  expect(log.log.dueSends(10_000_100).length).toBe(5)
})
