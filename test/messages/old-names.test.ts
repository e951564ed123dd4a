import { expect, test } from 'vitest'
import { DirectLog, refusal, textOf } from './direct-log.ts'

/** The log's appends take what a release before N5 stored: the names are checked before they come here. */
const OLD_USERS = ['b c', 'b\u0000c', 'b\u001b[2Jc', 'b\u202ec', 'b\u200fc']

test.each(OLD_USERS)('N5: what is stored under the user id %j is read by it', (old) => {
  const log = new DirectLog()
  const conversationId = `dm/alice/${old}`
  const seq = log.say('alice', conversationId, 'tea')
  log.say(old, conversationId, 'milk')
  log.change('alice', conversationId, { react: { seq, key: '👍', removed: false } })
  expect(log.list('alice').map((each) => each.conversationId)).toEqual([conversationId])
  expect(log.page('alice', conversationId).map(textOf)).toEqual(['tea', 'milk', ''])
  expect(log.found('alice', { text: 'tea', conversationId })).toEqual(['tea'])
  expect(log.found('alice', { text: 'milk', sender: old })).toEqual(['milk'])
  log.change('alice', 'own', { preference: { conversationId, archived: true } })
  expect(refusal(() => log.page('alice', `dm/alice/${old}2`))).toEqual({ code: 'field_invalid', field: 'conversation_id' })
})

test('N5: whoever was blocked under a name that is none today can be let in, and not be blocked again', () => {
  const log = new DirectLog()
  log.say('b\u202ec', 'dm/alice/b\u202ec', 'x')
  log.change('alice', 'own', { block: { user: 'b\u202ec', removed: true } })
  expect(() => log.change('alice', 'own', { block: { user: 'b\u202ec', removed: false } })).toThrow('mark of direction')
})
