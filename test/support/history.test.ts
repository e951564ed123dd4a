import { expect, test } from 'vitest'
import { breaches, type Entry, type History } from './history.ts'

const conversation = 'dm/a/b'
const entry = (seq: number, from = 'a'): Entry => ({ conversationId: conversation, seq, from, clientMessageId: `m${seq}` })
const right = [entry(1), entry(2), entry(3), entry(4)]

function history(changes: { acked?: Entry[]; seen?: Entry[]; log?: Entry[] }): History {
  return {
    acked: changes.acked ?? right,
    received: new Map([['b1', changes.seen ?? right]]),
    log: new Map([[conversation, changes.log ?? right]]),
    members: new Map([[conversation, [{ client: 'b1', user: 'b' }]]]),
  }
}

test('a right history has no breach', () => {
  expect(breaches(history({}))).toEqual([])
})

test.each([
  ['a lost message', { seen: [entry(1), entry(2), entry(4)] }],
  ['a message lost at the end', { seen: [entry(1), entry(2), entry(3)] }],
  ['a duplicate', { seen: [entry(1), entry(2), entry(2), entry(3), entry(4)] }],
  ['a swap', { seen: [entry(1), entry(3), entry(2), entry(4)] }],
  ['a message that is not in the log', { log: right.slice(0, 3), acked: right.slice(0, 3) }],
  ['an ack without its message', { acked: [...right, entry(5)] }],
  ['an ack with the wrong seq', { acked: [{ ...entry(1), seq: 2 }] }],
  ['a duplicate in the log', { log: [...right, { ...entry(4), seq: 5 }], seen: [...right, { ...entry(4), seq: 5 }] }],
  ['a hole in the log', { log: [entry(1), entry(2), entry(4)], seen: [entry(1), entry(2), entry(4)], acked: [] }],
])('%s is found', (_what, changes) => {
  expect(breaches(history(changes))).not.toEqual([])
})
