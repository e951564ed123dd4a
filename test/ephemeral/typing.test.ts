import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import { change, type, typistsUpTo } from './fleeting-peer.ts'

let house: House
beforeAll(async () => {
  house = await House.start({ env: { HAWSER_MAX_LOOP_DELAY_MS: '3600000' }, edge: { CONNECTS_PER_ADDRESS: '10000' } })
})
afterAll(() => house?.dispose())

const DOORS = ['tcp', 'edge'] as const

describe.each(DOORS)('T1: typing, told by %s', (door) => {
  const other = door === 'tcp' ? 'edge' : 'tcp'
  /** Names of its own for each test. */
  let run = 0
  const named = (name: string) => `${name}-${door}-${run}`
  const direct = (a: string, b: string) => `dm/${[named(a), named(b)].sort().join('/')}`
  const login = (name: string, by: 'tcp' | 'edge' = door, fields: Parameters<House['login']>[2] = {}) =>
    house.login(by, named(name), fields)
  /** Comes after all that was said before it: whoever has it has everything. */
  const fence = async (to: WirePeer, toName: string) => {
    const peer = await login('fence')
    type(peer, direct('fence', toName))
    const seen = await typistsUpTo(to, named('fence'))
    peer.end()
    return seen.slice(0, -1)
  }
  const test = (name: string, body: () => Promise<void>) =>
    it(name, { timeout: 60_000 }, async () => {
      run++
      await body()
    })

  test('goes to the sessions of the other, and to none of one’s own', async () => {
    const [alice, phone, tab] = [await login('alice'), await login('bob', other), await login('bob', door, { instanceId: 'two' })]
    const own = await login('alice', door, { instanceId: 'two' })
    type(alice, direct('alice', 'bob'))
    for (const peer of [phone, tab])
      expect(await typistsUpTo(peer, named('alice'))).toEqual([`${named('alice')} in ${direct('alice', 'bob')}`])
    type(alice, direct('alice', 'bob'), true)
    expect(await typistsUpTo(tab, named('alice'))).toEqual([`${named('alice')} stopped in ${direct('alice', 'bob')}`])
    expect(await fence(own, 'alice')).toEqual([])
    expect(await fence(alice, 'alice')).toEqual([])
    for (const peer of [alice, own, phone, tab]) peer.end()
  })

  test('not to a conversation of others, to one’s own, to oneself, to a group one is not in, or what is none', async () => {
    const [alice, bob, carol] = [await login('alice'), await login('bob', other), await login('carol')]
    const group = `group/${named('theirs')}`
    await change(bob, group, { create: { name: 'g', description: '', avatar: '', attributes: [], members: [named('carol')] } })
    const foreign = [direct('bob', 'carol'), `own/${named('alice')}`, `own/${named('bob')}`, direct('alice', 'alice'), group]
    for (const id of [...foreign, 'group/none', 'nonsense', '']) type(alice, id)
    expect(await fence(bob, 'bob')).toEqual([])
    expect(await fence(alice, 'alice')).toEqual([])
    expect(alice.frames.filter(({ command }) => command === Command.ERROR)).toEqual([])
    for (const peer of [alice, bob, carol]) peer.end()
  })

  test('in a group to the members who are online; not to former ones, nor of them', async () => {
    const [alice, bob, carol] = [await login('alice'), await login('bob', other), await login('carol')]
    const group = `group/${named('ours')}`
    const members = [named('bob'), named('carol'), named('offline')]
    await change(alice, group, { create: { name: 'g', description: '', avatar: '', attributes: [], members } })
    type(alice, group)
    for (const peer of [bob, carol]) expect(await typistsUpTo(peer, named('alice'))).toEqual([`${named('alice')} in ${group}`])
    await change(carol, group, { leave: {} })
    type(carol, group)
    type(bob, group)
    expect(await typistsUpTo(alice, named('bob'))).toEqual([`${named('bob')} in ${group}`])
    expect(await fence(carol, 'carol')).toEqual([])
    expect(await fence(alice, 'alice')).toEqual([])
    for (const peer of [alice, bob, carol]) peer.end()
  })

  test('in a group of 100 members, and not in one of 101', async () => {
    const [alice, bob] = [await login('alice'), await login('bob', other)]
    const group = `group/${named('large')}`
    const members = [named('bob'), ...Array.from({ length: 98 }, (_, i) => named(`member${i}`))]
    await change(alice, group, { create: { name: 'g', description: '', avatar: '', attributes: [], members } })
    type(alice, group)
    expect(await typistsUpTo(bob, named('alice'))).toHaveLength(1)
    await change(alice, group, { add: { users: [named('one-more')] } })
    type(alice, group, true)
    expect(await fence(bob, 'bob')).toEqual([])
    for (const peer of [alice, bob]) peer.end()
  })

  test('P2: not between two of whom one has blocked the other, in 1:1 and in groups, from the moment of the block', async () => {
    const [alice, bob, carol] = [await login('alice'), await login('bob', other), await login('carol')]
    const group = `group/${named('mixed')}`
    const members = [named('bob'), named('carol')]
    await change(alice, group, { create: { name: 'g', description: '', avatar: '', attributes: [], members } })
    // What is known of blocks by now has to follow the change.
    type(alice, group)
    await typistsUpTo(bob, named('alice'))
    await change(bob, `own/${named('bob')}`, { block: { user: named('alice'), removed: false } })
    type(alice, direct('alice', 'bob'))
    type(alice, group, true)
    expect(await typistsUpTo(carol, named('alice'))).toHaveLength(1)
    expect(await fence(bob, 'bob')).toEqual([])
    type(bob, direct('alice', 'bob'))
    type(bob, group)
    expect(await typistsUpTo(carol, named('bob'))).toEqual([`${named('alice')} stopped in ${group}`, `${named('bob')} in ${group}`])
    expect(await fence(alice, 'alice')).toEqual([])
    await change(bob, `own/${named('bob')}`, { block: { user: named('alice'), removed: true } })
    type(bob, direct('alice', 'bob'), true)
    expect(await typistsUpTo(alice, named('bob'))).toEqual([`${named('bob')} stopped in ${direct('alice', 'bob')}`])
    for (const peer of [alice, bob, carol]) peer.end()
  })

  test('T3: however much is typed, it comes as one EVENT a second', async () => {
    const bob = await login('bob', other)
    const peers = await Promise.all(Array.from({ length: 20 }, (_, i) => login(`typist${i}`)))
    for (const [i, peer] of peers.entries()) for (let n = 0; n < 20; n++) type(peer, direct(`typist${i}`, 'bob'))
    const seen = new Set<string>()
    const began = performance.now()
    let events = 0
    while (seen.size < peers.length) {
      const { typing } = await bob.nextOf(Command.EVENT)
      events++
      for (const { userId } of typing) seen.add(userId)
    }
    expect(events).toBeLessThanOrEqual(2 + (performance.now() - began) / 1000)
    for (const peer of [bob, ...peers]) peer.end()
  })
})

it('a block that is older than the core holds after its restart', { timeout: 60_000 }, async () => {
  let [alice, bob] = [await house.login('tcp', 'old-alice'), await house.login('tcp', 'old-bob')]
  await change(bob, 'own/old-bob', { block: { user: 'old-alice', removed: false } })
  await house.core.stop()
  await house.core.start()
  ;[alice, bob] = [await house.login('tcp', 'old-alice'), await house.login('tcp', 'old-bob')]
  const carol = await house.login('tcp', 'old-carol')
  type(alice, 'dm/old-alice/old-bob')
  type(carol, 'dm/old-bob/old-carol')
  expect(await typistsUpTo(bob, 'old-carol')).toHaveLength(1)
  for (const peer of [alice, bob, carol]) peer.end()
})
