import { expect, it } from 'vitest'
import { shardIndexOf } from '../../edge/worker/rendezvous.ts'

const users = Array.from({ length: 20_000 }, (_, i) => `user-${i}`)

it('gives each shard its share of the users', () => {
  for (const shards of [1, 2, 3, 7, 16]) {
    const counts = new Array<number>(shards).fill(0)
    for (const user of users) {
      const index = shardIndexOf(user, shards)
      counts[index] = (counts[index] ?? 0) + 1
    }
    const share = users.length / shards
    for (const count of counts) expect(Math.abs(count - share)).toBeLessThan(share * 0.1)
  }
})

it('moves users only to a shard that is new', () => {
  for (const user of users) {
    const before = shardIndexOf(user, 7)
    const after = shardIndexOf(user, 8)
    expect(after === before || after === 7).toBe(true)
  }
})
