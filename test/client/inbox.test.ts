import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Inbox, MAX_HELD } from '../../client/inbox.ts'
import { conversation, digestOf, EPOCH, message } from './scripted-server.ts'

const ID = 'dm/alice/bob'

function inbox() {
  const shown: number[] = []
  const acknowledged: number[] = []
  const holes: string[] = []
  const discontinuities: number[] = []
  const box = new Inbox({
    arrived: (_, seq) => acknowledged.push(seq),
    show: ({ seq }) => shown.push(seq),
    hole: (conversationId) => holes.push(conversationId),
    discontinuity: (_, fromSeq) => discontinuities.push(fromSeq),
    originOf: ({ sender }) => (sender === 'alice' ? 'user' : 'other'),
  })
  /** What a pull does: pages from the cursor to the end of the log. */
  const pull = (last: number) => {
    for (let seq = box.cursorOf(ID) + 1; seq <= last; seq++) box.fill(message(seq))
    box.settle(ID)
  }
  return { box, shown, acknowledged, holes, discontinuities, pull }
}

test('R2: the next is shown, a duplicate is dropped and acknowledged again, a hole is pulled', () => {
  const { box, shown, acknowledged, holes, pull } = inbox()
  box.release()
  box.push(message(1))
  box.push(message(1))
  expect([shown, acknowledged, holes]).toEqual([[1], [1, 1], []])
  box.push(message(4))
  expect([shown, holes, box.isBehind(ID)]).toEqual([[1], [ID], true])
  pull(3)
  expect([shown, box.isBehind(ID)]).toEqual([[1, 2, 3, 4], false])
})

test('R6: pushes are held until the first sync is done', () => {
  const { box, shown } = inbox()
  box.push(message(3))
  box.push(message(4))
  box.begin(ID, 1, 1)
  box.fill(message(2))
  expect(shown).toEqual([2])
  box.release()
  expect(shown).toEqual([2, 3, 4])
})

test('what is pushed during the first sync is new, wherever the conversation begins', () => {
  const { box, shown } = inbox()
  box.push(message(8))
  box.begin(ID, 8, 8)
  box.release()
  expect(shown).toEqual([8])
})

test("own messages from before the first login are acknowledged and not shown, those of the user's other devices later are", () => {
  const { box, shown, acknowledged } = inbox()
  box.begin(ID, 0, 2)
  box.fill(message(1, 'alice'))
  box.fill(message(2, 'bob'))
  box.release()
  box.push(message(3, 'alice'))
  expect([shown, acknowledged]).toEqual([
    [2, 3],
    [1, 2, 3],
  ])
})

test('more than can be held is pulled instead', () => {
  const { box, shown, pull } = inbox()
  box.release()
  const last = MAX_HELD + 100
  for (let seq = 2; seq <= last; seq++) box.push(message(seq))
  pull(1)
  expect(shown.length).toBe(MAX_HELD + 1)
  expect(box.isBehind(ID)).toBe(true)
  pull(last)
  expect(shown).toEqual(Array.from({ length: last }, (_, index) => index + 1))
})

test('a stopped inbox shows and acknowledges nothing, and forgets nothing', () => {
  const { box, shown, acknowledged } = inbox()
  box.release()
  box.stop()
  box.push(message(1))
  expect([shown, acknowledged]).toEqual([[], []])
  box.resume()
  box.push(message(1))
  expect(shown).toEqual([1])
})

const page = { conversationId: ID, messages: [], more: false, lastSeq: 2, epoch: EPOCH, discontinuity: false, fromSeq: 0 }

test('Y6: a conversation is current where cursor, epoch and digest are those of the list', () => {
  const { box, pull } = inbox()
  expect(box.isCurrent(conversation(0))).toBe(true)
  expect(box.isCurrent(conversation(2))).toBe(false)
  box.release()
  pull(2)
  box.turn(page)
  expect(box.standing(ID)).toEqual({ fromSeq: 2, epoch: EPOCH, digest: digestOf(2) })
  expect(box.isCurrent(conversation(2))).toBe(true)
  expect(box.isCurrent(conversation(1))).toBe(false)
  expect(box.isCurrent(conversation(2, { digest: 1 }))).toBe(false)
  expect(box.isCurrent(conversation(2, { epoch: 1 }))).toBe(false)
  box.own(ID, 3, 77)
  expect(box.standing(ID)).toEqual({ fromSeq: 3, epoch: EPOCH, digest: 77 })
})

test('Y6: after a discontinuity the new truth is shown from where it begins, own messages too', () => {
  const { box, shown, discontinuities, pull } = inbox()
  box.begin(ID, 0, 2)
  box.release()
  pull(4)
  box.own(ID, 6, 1)
  box.hold()
  box.push(message(3, 'alice', 'another'))
  box.turn({ ...page, epoch: 9, discontinuity: true, fromSeq: 1 })
  expect(box.standing(ID)).toEqual({ fromSeq: 1, epoch: 9, digest: 0 })
  box.fill(message(2, 'alice'))
  box.release()
  expect([discontinuities, shown.slice(4), box.isBehind(ID)]).toEqual([[1], [2, 3], false])
})

test('Y6: what was acknowledged in a history that is no more hides no message of the new one', () => {
  const { box, shown } = inbox()
  box.release()
  box.own(ID, 2, 77)
  box.hold()
  box.own(ID, 3, 88)
  box.fill(message(1, 'bob'))
  box.fill(message(2, 'bob'))
  box.release()
  expect([shown, box.standing(ID).fromSeq]).toEqual([[1, 2], 3])
  box.own(ID, 5, 99)
  box.hold()
  // The sync found no more than this: 5 is not there any more.
  box.release()
  for (const seq of [4, 5]) box.push(message(seq, 'bob'))
  expect(shown).toEqual([1, 2, 4, 5])
})

test('R5: what a GAP tells of during the first sync begins where the list says, not at its first message', () => {
  const { box, shown, pull } = inbox()
  expect([box.awaits(ID, 4), box.hasStrangers()]).toEqual([true, true])
  box.begin(ID, 3, 4)
  pull(4)
  box.release()
  expect([shown, box.awaits(ID, 5)]).toEqual([[4], false])
})

const done = (seq: number) => ({ ...message(seq, 'alice'), change: { leave: {} } })

test("a change of this client's own is shown in its turn, once, wherever it is found first", () => {
  const { box, shown, holes, pull } = inbox()
  box.release()
  box.push(message(1))
  box.own(ID, 2, digestOf(2), done(2))
  expect([shown, holes]).toEqual([[1, 2], []])
  // Others have come before it that were not pushed.
  box.own(ID, 4, digestOf(4), done(4))
  expect([shown, holes]).toEqual([[1, 2], [ID]])
  pull(3)
  expect(shown).toEqual([1, 2, 3, 4])
  box.own(ID, 6, digestOf(6), done(6))
  box.fill(message(5))
  box.fill(done(6))
  box.own(ID, 6, digestOf(6), done(6))
  expect([shown, box.cursorOf(ID)]).toEqual([[1, 2, 3, 4, 5, 6], 6])
})

test('a change of its own during the first sync is shown, wherever the conversation begins', () => {
  const { box, shown } = inbox()
  box.own(ID, 5, digestOf(5), done(5))
  box.begin(ID, 6, 6)
  expect(box.standing(ID).fromSeq).toBe(4)
  box.fill(done(5))
  box.fill(message(6))
  box.release()
  expect(shown).toEqual([5, 6])
})

test('Y8: what is not for the user is passed over, and what was held goes on from there', () => {
  const { box, shown } = inbox()
  box.begin(ID, 0, 0)
  box.release()
  box.push(message(4))
  box.push(message(6))
  box.pass(ID, 5)
  expect([shown, box.isBehind(ID)]).toEqual([[6], false])
  box.pass(ID, 5)
  expect(box.standing(ID).fromSeq).toBe(6)
})

test('whatever is lost, doubled or mixed up, each message is shown once and in order', () => {
  const LAST = 30
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('push' as const), seq: fc.integer({ min: 1, max: LAST }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('pull' as const), seq: fc.integer({ min: 0, max: LAST }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnect' as const), seq: fc.integer({ min: 0, max: LAST }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('own' as const), seq: fc.integer({ min: 1, max: LAST }) }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const { box, shown, acknowledged, pull } = inbox()
      const own = new Set<number>()
      box.release()
      for (const { do: action, seq } of steps) {
        if (action === 'push') box.push(message(seq))
        else if (action === 'pull') pull(seq)
        else if (action === 'own') {
          if (!shown.includes(seq)) own.add(seq)
          box.own(ID, seq, digestOf(seq))
        } else {
          box.hold()
          for (const pushed of [seq, seq + 1]) if (pushed >= 1 && pushed <= LAST) box.push(message(pushed))
          // What was acknowledged before a sync began is in the log that it reads.
          for (let next = box.cursorOf(ID) + 1; next <= Math.max(seq, ...own); next++) box.fill(message(next))
          box.release()
        }
        expect(acknowledged.at(-1) ?? 0).toBeLessThanOrEqual(box.cursorOf(ID))
      }
      pull(LAST)
      const expected = Array.from({ length: LAST }, (_, index) => index + 1).filter((seq) => !own.has(seq))
      expect(shown).toEqual(expected)
      expect(box.isBehind(ID)).toBe(false)
    }),
    { numRuns: 500 },
  )
})
