import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Blocks } from '../../tcp-core/ephemeral/blocks.ts'
import { LruCache } from '../../tcp-core/limits/lru-cache.ts'
import { MemoryLog } from '../support/memory-log.ts'

const name = (i: number) => `${i}`.padStart(100, 'x')

test('a cache of names has a bound in bytes, and forgets those used longest ago', () => {
  const cache = new LruCache<string, number>(1000, 20 * 200)
  for (let i = 0; i < 100; i++) {
    cache.set(name(i), i)
    expect(cache.get(name(0))).toBe(0)
    expect(cache.size).toBeLessThanOrEqual(20)
  }
  expect([cache.get(name(99)), cache.get(name(50))]).toEqual([99, undefined])
  cache.delete(name(99))
  cache.set(name(99), 1)
  cache.set(name(99), 2)
  expect(cache.size).toBe(20)
  cache.clear()
  cache.set('x'.repeat(4000), 1)
  expect(cache.size).toBe(0)
})

test('what is known of blocks has a bound in bytes, and its books agree with it', async () => {
  const log = new MemoryLog()
  const blocks = new Blocks({ log, logger: pino({ level: 'silent' }) }, 10_000)
  for (let i = 0; i < 100; i++) log.blocked.set(name(i), [name(1000 + i), name(2000 + i)])
  for (let i = 0; i < 100; i++) {
    await new Promise<void>((resolve) => blocks.use([name(i)], resolve))
    expect(blocks.bytes).toBeLessThanOrEqual(11_000)
  }
  const before = blocks.bytes
  blocks.changed(name(99), { user: 'other', removed: false })
  blocks.changed(name(99), { user: 'other', removed: false })
  expect(blocks.bytes).toBeGreaterThan(before)
  blocks.changed(name(99), { user: 'other', removed: true })
  blocks.changed(name(99), { user: 'other', removed: true })
  expect(blocks.bytes).toBe(before)
})
