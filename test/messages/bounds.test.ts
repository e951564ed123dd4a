import { expect, test } from 'vitest'
import { type Query, readAnswer } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { DirectLog } from './direct-log.ts'

const BIG = 'x'.repeat(60_000)
const FRAME = 1024 * 1024

function ask(log: DirectLog, query: Query) {
  const answer = log.log.reads.query('alice', query)
  expect(answer.length).toBeLessThan(FRAME)
  return readAnswer(new ProtobufReader(answer))
}

function bigLog(): { log: DirectLog; seqs: number[] } {
  const log = new DirectLog()
  const first = log.say('alice', 'bob', 'first')
  const seqs = Array.from({ length: 20 }, () => log.say('alice', 'bob', BIG, { details: { thread: first } }))
  return { log, seqs }
}

const conversationId = 'dm/alice/bob'

test('Y7: no answer is longer than a frame may be; the cursor says where to go on', () => {
  const { log, seqs } = bigLog()
  for (const seq of seqs) log.change('alice', 'bob', { pin: { seq, removed: false } })
  const followed = (next: (after: number) => Query) => {
    const found: number[] = []
    for (let after = 0; ; ) {
      const page = ask(log, next(after)).messages
      found.push(...(page?.messages.map(({ seq }) => seq) ?? []))
      if (!page || page.nextCursor === '') return found
      after = Number(page.nextCursor)
    }
  }
  expect(followed((fromSeq) => ({ thread: { conversationId, thread: 1, fromSeq, limit: 0 } }))).toEqual(seqs)
  expect(followed((fromSeq) => ({ thread: { conversationId, thread: 1, fromSeq, limit: 3 } }))).toEqual(seqs)
  expect(followed((fromSeq) => ({ pins: { conversationId, fromSeq } }))).toEqual(seqs)
  expect(followed((after) => ({ messages: { conversationId, seqs: seqs.filter((seq) => seq > after) } }))).toEqual(seqs)
})

test('Y7: scheduled messages are all listed, as many in one answer as it holds', () => {
  const log = new DirectLog()
  for (let i = 0; i < 20; i++) log.send('alice', 'bob', BIG, { sendAt: 9_000_000_000 })
  const first = ask(log, { scheduled: { cursor: '' } }).scheduled
  expect(first?.scheduled.map(({ content }) => content.length)).toEqual(Array(4).fill(60_000))
  let found = 0
  for (let page = first; page; page = page.nextCursor === '' ? undefined : ask(log, { scheduled: { cursor: page.nextCursor } }).scheduled) {
    found += page.scheduled.length
  }
  expect(found).toBe(20)
})
