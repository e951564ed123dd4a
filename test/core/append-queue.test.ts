import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppendQueue } from '../../tcp-core/log/append-queue.ts'
import type { Append } from '../../tcp-core/log/log-store.ts'

const append = (sender: string, nth: number, more: Partial<Append> = {}): Append => ({
  sender,
  conversationId: 'dm/a/b',
  clientMessageId: `${nth}`,
  contentType: 'text/plain',
  content: new Uint8Array(0),
  sentAt: 1,
  settled: () => {},
  ...more,
})

const names = (batch: readonly Append[]): string[] => batch.map(({ sender, clientMessageId }) => `${sender}${clientMessageId}`)

test('what fits goes in one batch, in the order in which it came', () => {
  const queue = new AppendQueue()
  for (let i = 0; i < 400; i++) queue.push(append(`s${i % 7}`, i))
  expect(names(queue.take())).toEqual(Array.from({ length: 400 }, (_, i) => `s${i % 7}${i}`))
  expect([queue.size, queue.take()]).toEqual([0, []])
})

test('who has a thousand dear ones waiting waits behind himself: another goes with the next batch', () => {
  const queue = new AppendQueue()
  for (let i = 0; i < 1000; i++) queue.push(append('busy', i, { cost: 4000 }))
  expect(names(queue.take())).toEqual(['busy0'])
  queue.push(append('other', 0))
  queue.push(append('other', 1))
  expect(names(queue.take())).toEqual(['other0', 'other1'])
  expect(names(queue.take())).toEqual(['busy1'])
})

test('who has ten thousand cheap ones waiting leaves room for others in every batch', () => {
  const queue = new AppendQueue()
  for (let i = 0; i < 10_000; i++) queue.push(append('busy', i))
  queue.take()
  for (let i = 0; i < 5; i++) {
    queue.push(append(`other${i}`, i))
    expect(names(queue.take())).toContain(`other${i}${i}`)
  }
})

test('what alone is more than a batch holds is one by itself, and nothing is kept back for ever', () => {
  const queue = new AppendQueue()
  queue.push(append('a', 0, { cost: 1_000_000 }))
  queue.push(append('b', 0, { content: new Uint8Array(8 * 1024 * 1024) }))
  queue.push(append('c', 0))
  const batches = [queue.take(), queue.take(), queue.take()].map(names)
  expect(batches.flat().toSorted()).toEqual(['a0', 'b0', 'c0'])
  expect(queue.size).toBe(0)
})

test('whatever comes, each leaves once, each sender in his order, and no batch is too large', () => {
  const entry = fc.record({
    sender: fc.constantFrom('a', 'b', 'c', 'd'),
    cost: fc.constantFrom(10, 10, 400, 900, 3000, 20_000),
    takes: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 300 }), (entries) => {
      const queue = new AppendQueue()
      const taken: Append[] = []
      const take = (): void => {
        const batch = queue.take()
        const cost = batch.reduce((sum, each) => sum + (each.cost ?? 0), 0)
        expect(batch.length === 1 || cost <= 20_000, `a batch of ${batch.length} that costs ${cost}`).toBe(true)
        taken.push(...batch)
      }
      for (const [i, { sender, cost, takes }] of entries.entries()) {
        queue.push(append(sender, i, { cost }))
        if (takes) take()
      }
      while (queue.size > 0) take()
      expect(taken.length).toBe(entries.length)
      for (const sender of 'abcd') {
        const order = taken.filter((each) => each.sender === sender).map(({ clientMessageId }) => Number(clientMessageId))
        expect(order).toEqual(order.toSorted((x, y) => x - y))
      }
    }),
  )
})
