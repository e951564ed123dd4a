import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AckWait } from '../../tcp-core/sessions/ack-wait.ts'

test('past the window a conversation is told of one gap, and is pushed again once all was pulled', () => {
  const wait = new AckWait(2, 1000)
  expect([wait.admit('a', 1, 10), wait.admit('a', 2, 10)]).toEqual(['push', 'push'])
  expect([wait.admit('a', 3, 10), wait.admit('a', 4, 10), wait.admit('b', 1, 10)]).toEqual(['gap', 'skip', 'gap'])
  expect(wait.acknowledge('a', 2)).toBe(true)
  // Acknowledged, but 3 and 4 were never sent: it has to be pulled first.
  expect(wait.admit('a', 5, 10)).toBe('skip')
  expect(wait.pulled('a', 4)).toBe(5)
  expect(wait.pulled('a', 5)).toBeUndefined()
  expect(wait.admit('a', 6, 10)).toBe('push')
})

test('bytes bound it too, but one large message always goes', () => {
  const wait = new AckWait(100, 1000)
  expect(wait.admit('a', 1, 5000)).toBe('push')
  expect(wait.admit('b', 1, 1)).toBe('gap')
  expect(wait.acknowledge('a', 1)).toBe(true)
  expect([wait.messages, wait.bytes]).toEqual([0, 0])
})

test('against a model: never more than the window, nothing pushed out of order, nothing lost', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('push' as const),
      conversation: fc.constantFrom('a', 'b', 'c'),
      bytes: fc.integer({ min: 1, max: 400 }),
    }),
    fc.record({ kind: fc.constant('ack' as const), conversation: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('pull' as const), conversation: fc.constantFrom('a', 'b', 'c') }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const wait = new AckWait(5, 1000)
      const last = new Map<string, number>()
      const got = new Map<string, number>()
      for (const action of steps) {
        const { conversation } = action
        const lastSeq = last.get(conversation) ?? 0
        const gotSeq = got.get(conversation) ?? 0
        if (action.kind === 'push') {
          last.set(conversation, lastSeq + 1)
          if (wait.admit(conversation, lastSeq + 1, action.bytes) !== 'push') continue
          expect(lastSeq, 'a push follows what the client has').toBe(gotSeq)
          got.set(conversation, lastSeq + 1)
        } else if (action.kind === 'ack') wait.acknowledge(conversation, gotSeq)
        else if (wait.pulled(conversation, lastSeq) === undefined) got.set(conversation, lastSeq)
        expect(wait.messages).toBeLessThanOrEqual(5)
        expect(wait.bytes).toBeLessThanOrEqual(1000)
      }
    }),
  )
})

test('R4: the sessions of one user have a bound together, each may have one message all the same, and whoever goes gives back what it had', () => {
  const user = { unackedBytes: 0 }
  const MIB = 1024 * 1024
  const windows = Array.from({ length: 10 }, () => new AckWait(256, MIB, user))
  const admissions = windows.map((window) => [window.admit('dm/a/b', 1, MIB - 1), window.admit('dm/a/c', 1, 1)])
  expect(admissions.slice(0, 8)).toEqual(new Array(8).fill(['push', 'push']))
  expect(admissions.slice(8)).toEqual(new Array(2).fill(['push', 'gap']))
  for (const window of windows.slice(0, 8)) window.forget()
  expect(windows[9]?.admit('dm/a/d', 1, 1)).toBe('push')
  windows[8]?.acknowledge('dm/a/b', 1)
  windows[9]?.acknowledge('dm/a/b', 1)
  windows[9]?.acknowledge('dm/a/d', 1)
  expect(user.unackedBytes).toBe(0)
})
