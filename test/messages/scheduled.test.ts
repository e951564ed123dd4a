import { expect, test } from 'vitest'
import { DirectLog, textOf } from './direct-log.ts'

const due = (log: DirectLog) => log.log.dueSends(log.now).map(({ sender, send }) => [sender, send.clientMessageId])

test('S6: what is scheduled has no seq, is due at its time, and is sent once', () => {
  const log = new DirectLog()
  const sendAt = log.now + 60_000
  expect(log.send('alice', 'bob', 'later', { id: 'l', sendAt })).toEqual({ kind: 'scheduled', sendAt, duplicate: false })
  expect(log.send('alice', 'bob', 'later', { id: 'l', sendAt })).toEqual({ kind: 'scheduled', sendAt, duplicate: true })
  expect(log.send('alice', 'bob', 'other', { id: 'l', sendAt })).toEqual({ kind: 'conflict' })
  expect(log.page('bob', 'alice')).toEqual([])
  log.now = sendAt - 1
  expect(due(log)).toEqual([])
  log.now = sendAt
  expect(due(log)).toEqual([['alice', 'l']])
  expect(log.send('alice', 'bob', 'later', { id: 'l', due: true })).toMatchObject({ kind: 'stored', seq: 1 })
  expect(due(log)).toEqual([])
  expect(log.send('alice', 'bob', 'later', { id: 'l', due: true })).toMatchObject({ kind: 'duplicate', seq: 1 })
  expect(log.page('bob', 'alice').map(textOf)).toEqual(['later'])
})

test('a client that sends again what was sent in the meantime hears of its place', () => {
  const log = new DirectLog()
  const sendAt = log.now + 60_000
  log.send('alice', 'bob', 'later', { id: 'l', sendAt })
  log.now = sendAt
  log.send('alice', 'bob', 'later', { id: 'l', due: true })
  expect(log.send('alice', 'bob', 'later', { id: 'l', sendAt })).toMatchObject({ kind: 'duplicate', seq: 1 })
})

test.each([
  ['the same', 'later', 'duplicate'],
  ['another', 'now', 'conflict'],
])('%s message under its id that was sent without waiting takes its place', (_what, text, kind) => {
  const log = new DirectLog()
  const sendAt = log.now + 60_000
  log.send('alice', 'bob', 'later', { id: 'l', sendAt })
  expect(log.say('alice', 'bob', text, { id: 'l' })).toBe(1)
  log.now = sendAt
  expect(due(log)).toEqual([['alice', 'l']])
  expect(log.send('alice', 'bob', 'later', { id: 'l', due: true })).toMatchObject({ kind })
  expect(due(log)).toEqual([])
})

test('what the rules refuse when its time comes is due until its refusal is in the log', () => {
  const log = new DirectLog()
  log.create('alice', 'group/g', ['bob'])
  const sendAt = log.now + 60_000
  log.send('bob', 'group/g', 'later', { id: 'l', sendAt })
  log.change('alice', 'group/g', { remove: { users: ['bob'] } })
  log.now = sendAt
  expect(due(log)).toEqual([['bob', 'l']])
  expect(log.send('bob', 'group/g', 'later', { id: 'l', due: true })).toMatchObject({ kind: 'refused', code: 'conversation_unknown' })
  expect(due(log)).toEqual([['bob', 'l']])
})

test('only its sender takes it back, and a hundred wait at most', () => {
  const log = new DirectLog()
  const sendAt = log.now + 10_000_000
  for (let i = 0; i < 100; i++) log.send('alice', 'bob', `${i}`, { id: `s${i}`, sendAt })
  expect(log.send('alice', 'bob', 'one more', { sendAt })).toMatchObject({ kind: 'refused', code: 'limit_reached' })
  expect(() => log.change('bob', 'own', { unschedule: { clientMessageId: 's1' } })).toThrow('message_unknown')
  expect(() => log.change('alice', 'bob', { unschedule: { clientMessageId: 's1' } })).toThrow('forbidden')
  log.change('alice', 'own', { unschedule: { clientMessageId: 's1' } })
  expect(() => log.change('alice', 'own', { unschedule: { clientMessageId: 's1' } })).toThrow('message_unknown')
  expect(log.send('alice', 'bob', 'one more', { sendAt })).toMatchObject({ kind: 'scheduled' })
})
