import { expect, test } from 'vitest'
import { FairTurns } from '../../tcp-core/limits/fair-turns.ts'
import { ManualClock } from '../support/manual-clock.ts'

const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Questions that a test answers one after the other, each after the milliseconds that it takes. */
function house(slots: number) {
  const clock = new ManualClock()
  const turns = new FairTurns(clock, slots, 300)
  const begun: { name: string; answer: () => void; fail: () => void }[] = []
  const ask = (user: string, name: string): Promise<string> =>
    turns.run(user, () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      begun.push({ name, answer: () => resolve(name), fail: () => reject(new Error(name)) })
      return promise
    })
  const answer = async (milliseconds: number): Promise<string> => {
    const next = begun.shift()
    clock.turn(milliseconds)
    next?.answer()
    await microtasks()
    return next?.name ?? 'nobody'
  }
  return { clock, turns, begun, ask, answer }
}

test('who asks for much waits behind himself: others go in between, whatever their questions cost', async () => {
  const { ask, answer } = house(1)
  const all = [...Array.from({ length: 20 }, (_, i) => ask('busy', `busy${i}`)), ask('a', 'a0'), ask('b', 'b0'), ask('a', 'a1')]
  const order: string[] = []
  for (let i = 0; i < all.length; i++) order.push(await answer(20))
  expect(order.slice(0, 5).toSorted()).toEqual(['a0', 'a1', 'b0', 'busy0', 'busy1'])
  expect(order.filter((name) => name.startsWith('busy'))).toEqual(Array.from({ length: 20 }, (_, i) => `busy${i}`))
  await Promise.all(all)
})

test('a user who is being served lets others go first, and has all places where nobody else waits', async () => {
  const { begun, ask, answer } = house(3)
  const all = Array.from({ length: 6 }, (_, i) => ask('busy', `busy${i}`))
  expect(begun.map(({ name }) => name)).toEqual(['busy0', 'busy1', 'busy2'])
  all.push(ask('a', 'a'), ask('b', 'b'))
  await answer(1)
  await answer(1)
  expect(begun.map(({ name }) => name)).toEqual(['busy2', 'a', 'b'])
  for (let i = 0; i < 6; i++) await answer(1)
  await Promise.all(all)
})

test('past a budget a user rests, others do not, and then goes on', async () => {
  const { clock, begun, ask, answer } = house(1)
  for (let i = 0; i < 100; i++) void ask('busy', `busy${i}`)
  let answered = 0
  while (begun.length > 0) {
    await answer(50)
    answered++
  }
  // 1.5 s at once, and 300 ms of each of the seconds that it took.
  expect(answered).toBeGreaterThanOrEqual(30)
  expect(answered).toBeLessThan(60)
  void ask('other', 'other')
  expect(begun.map(({ name }) => name)).toEqual(['other'])
  await answer(1)
  clock.turn(10_000)
  expect(begun.length).toBe(1)
})

test('an answer that waited for a slow disk is charged as a long one, and no more', async () => {
  const { begun, ask, answer } = house(1)
  const first = ask('a', 'a0')
  await answer(60_000)
  await first
  void ask('a', 'a1')
  expect(begun.map(({ name }) => name)).toEqual(['a1'])
})

test('a long answer costs as much as one that takes long', async () => {
  const clock = new ManualClock()
  const turns = new FairTurns(clock, 1, 300)
  let answered = 0
  for (let i = 0; i < 300; i++) {
    void turns
      .run(
        'busy',
        async () => new Uint8Array(256 * 1024),
        ({ length }) => length,
      )
      .then(() => answered++)
  }
  await microtasks()
  // 16 ms each, of 1.5 s.
  expect(answered).toBeGreaterThan(80)
  expect(answered).toBeLessThan(110)
  clock.turn(1000)
  await microtasks()
  expect(answered).toBeLessThan(135)
})

test('what fails is told to who asked, and the next one goes on', async () => {
  const { begun, ask } = house(1)
  const failed = ask('a', 'a0')
  const next = ask('a', 'a1')
  begun.shift()?.fail()
  await expect(failed).rejects.toThrow('a0')
  begun.shift()?.answer()
  expect(await next).toBe('a1')
})

test('nobody is kept who owes nothing', async () => {
  const { clock, turns, ask, answer } = house(2)
  for (let i = 0; i < 1000; i++) {
    const asked = ask(`user${i}`, 'x')
    await answer(1)
    await asked
  }
  clock.turn(60_000)
  expect(turns.size).toBe(0)
})
