import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adviceOf, CODES, closeNameOf, requestAdviceOf } from '../../shared/codes.ts'
import {
  conversationIdFault,
  directConversationId,
  directPeer,
  directUsers,
  ownConversationId,
  userIdFault,
} from '../../shared/conversation-id.ts'
import { parseSubprotocols, subprotocolsFor } from '../../shared/subprotocol.ts'
import { nameVectors } from '../support/vectors.ts'

test('a 1:1 conversation has one id, from which both users come back', () => {
  expect(directConversationId('bob', 'alice')).toBe('dm/alice/bob')
  const id = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '/', '%', '2', 'F', '5', 'é') })
  fc.assert(
    fc.property(id, id, (a, b) => {
      const conversation = directConversationId(a, b)
      expect(directConversationId(b, a)).toBe(conversation)
      expect(directUsers(conversation)?.toSorted()).toEqual([a, b].toSorted())
      expect(directPeer(conversation, a)).toBe(b)
      expect(directPeer(conversation, `${a}x${b}`)).toBeUndefined()
    }),
  )
})

test.each(nameVectors.direct)('the conversation of $users is $conversationId', ({ users: [a, b], conversationId }) => {
  expect(directConversationId(a, b)).toBe(conversationId)
  expect(directConversationId(b, a)).toBe(conversationId)
  expect(conversationIdFault(conversationId)).toBeUndefined()
})

test.each(nameVectors.own)('what $user keeps is in $conversationId', ({ user, conversationId }) => {
  expect(ownConversationId(user)).toBe(conversationId)
  expect(conversationIdFault(conversationId)).toBeUndefined()
})

test.each(nameVectors.refused)('$conversationId is no conversation: $why', ({ conversationId }) => {
  expect(conversationIdFault(conversationId)).toBeDefined()
})

test.each(['dm/bob/alice', 'dm/alice', 'dm/a/b/c', 'group/alice/bob', 'dm/a%2Fb%/c', ''])('%j is no conversation id', (text) => {
  expect(directUsers(text)).toBeUndefined()
})

test.each([
  ['', 'is empty'],
  ['a b', 'white space'],
  ['a\u0000', 'control character'],
  ['\ud800', 'surrogate'],
  ['é'.repeat(65), 'longer than 128 bytes'],
])('user id %j %s', (id, fault) => {
  expect(userIdFault(id)).toContain(fault)
})

test.each(['alice', 'auth0|123', 'a/b', '田中', 'x'.repeat(128)])('user id %j is taken', (id) => {
  expect(userIdFault(id)).toBeUndefined()
})

test("every close code's range is its advice", () => {
  for (const [name, row] of Object.entries(CODES)) {
    if (!('close' in row)) continue
    expect(closeNameOf(row.close)).toBe(name)
    expect(adviceOf(row.close)).toBe(row.advice)
    if (row.close === 1009) continue
    const range = { 'back-off': 40, 'fresh-token': 41, stop: 42 }[row.advice]
    expect(Math.floor(row.close / 100)).toBe(range)
  }
  expect(adviceOf(1006)).toBe('back-off')
  expect(adviceOf(4150)).toBe('fresh-token')
  expect(adviceOf(4299)).toBe('stop')
})

test('a request is sent again after no error but those that say so (E5)', () => {
  const again = Object.keys(CODES).filter((code) => requestAdviceOf(code) === 'again')
  expect(again).toEqual(['rate_limited', 'storage_unavailable', 'internal_error'])
  expect(requestAdviceOf('muted')).toBe('person')
  expect(requestAdviceOf('displaced'), 'a close answers no request').toBe('never')
  expect(requestAdviceOf('toString'), 'of a later version').toBe('never')
})

test('the token rides in the subprotocols', () => {
  expect(parseSubprotocols(subprotocolsFor('a.b.c').join(', '))).toEqual({ offered: true, token: 'a.b.c' })
  expect(parseSubprotocols('hawser.v1')).toEqual({ offered: true, token: undefined })
  expect(parseSubprotocols(null)).toEqual({ offered: false, token: undefined })
})
