import { expect, test } from 'vitest'
import { readHistory } from '../../client/history-file.ts'
import { breaches, type Discontinuity, type Entry, type History, type Watcher } from './history.ts'

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

const mine = (seq: number) => ({ ...entry(seq, 'b'), client: seq % 2 ? 'b1' : 'b2' })

/** A log of b's own messages, sent by two clients of b, and what the first of them saw. */
function watched(seen: (Entry | Discontinuity)[], watcher: Partial<Watcher> = {}): string[] {
  const log = [1, 2, 3, 4].map((seq) => entry(seq, 'b'))
  return breaches({
    acked: [1, 2, 3, 4].map(mine),
    received: new Map([['b1', seen]]),
    log: new Map([[conversation, log]]),
    members: new Map([[conversation, [{ client: 'b1', user: 'b', ...watcher }]]]),
  })
}

test('a client sees what its user sent on another one, and not what it sent itself', () => {
  expect(watched([entry(2, 'b'), entry(4, 'b')])).toEqual([])
  expect(watched([entry(4, 'b')])).toHaveLength(1)
  expect(watched([entry(1, 'b'), entry(2, 'b'), entry(4, 'b')])).toHaveLength(1)
})

test('what lies before a client came may be missing, and only that', () => {
  expect(watched([entry(4, 'b')], { after: 2 })).toEqual([])
  expect(watched([], { after: 2 })).toHaveLength(1)
  const late = (seen: Entry[]) =>
    breaches({ ...history({ seen }), members: new Map([[conversation, [{ client: 'b1', user: 'b', after: 2 }]]]) })
  expect(late(right.slice(1))).toEqual([])
  expect(late([entry(1), entry(3), entry(4)])).toHaveLength(1)
})

test('Y6: what a discontinuity made void is told anew', () => {
  const void2: Discontinuity = { conversationId: conversation, fromSeq: 2 }
  const other = { ...entry(3), clientMessageId: 'of the history before' }
  const seen = [entry(1), entry(2), other, void2, entry(3), entry(4)]
  expect(breaches({ ...history({}), received: new Map([['b1', seen]]) })).toEqual([])
  expect(breaches({ ...history({}), received: new Map([['b1', seen.slice(0, -1)]]) })).toHaveLength(1)
})

test('a recorded history is read in whatever order its lines are', async () => {
  const line = (record: object) => JSON.stringify(record)
  const lines = [
    line({ type: 'log', ...entry(2) }),
    line({ type: 'receive', client: 'b1', ...entry(1) }),
    line({ type: 'log', ...entry(1) }),
    line({ type: 'member', conversationId: conversation, client: 'b1', user: 'b' }),
    '',
    line({ type: 'ack', client: 'a1', ...entry(1) }),
  ]
  expect(breaches(await readHistory(lines))).toEqual([`${conversation}: b1 saw nothing where a:m2 (2) was due`])
  await expect(readHistory(['{}'])).rejects.toThrow('line 1: "type" is none of ack')
  await expect(readHistory(['', '{'])).rejects.toThrow('line 2 is not JSON')
  await expect(readHistory([line({ type: 'ack', ...entry(1), seq: '1' })])).rejects.toThrow('line 1: "seq" is no number')
})
