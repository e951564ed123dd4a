import { beforeEach, describe, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { DeviceClass, type FleetingEvent, PresenceAudience } from '../../shared/gen/hawser.ts'
import type { Sight } from '../../tcp-core/log/log-store.ts'
import { NOTHING_LEFT, settled, VirtualHouse, type VirtualPeer } from './virtual-house.ts'

const KNOWN: Sight = { status: '', lastSeen: 7, audience: PresenceAudience.KNOWN }

let house: VirtualHouse
beforeEach(() => {
  house = new VirtualHouse()
  house.log.sightOf = () => KNOWN
})

const type = async (peer: VirtualPeer, to: string, stopped = false) => {
  const conversationId = `dm/${[peer.session.user.id, to].sort().join('/')}`
  peer.send(Command.TYPING, { conversationId, userId: '', stopped })
  await settled()
}
const typists = (events: FleetingEvent[]) =>
  events.map(({ typing }) => typing.map(({ userId, stopped }) => (stopped ? `-${userId}` : userId)))
const shown = (events: FleetingEvent[]) =>
  events.map(({ presence }) => presence.map(({ userId, online }) => `${userId} ${online.join('+')}`.trim()))

describe('T3: at most one EVENT of typing and presence a second', () => {
  test('the first goes at once; what comes in the second after it goes together, the latest of each', async () => {
    const bob = house.login('bob')
    const others = ['alice', 'carol', 'dave'].map((name) => house.login(name)) as [VirtualPeer, VirtualPeer, VirtualPeer]
    const [alice, carol, dave] = others
    await type(alice, 'bob')
    expect(typists(bob.events())).toEqual([['alice']])
    await type(carol, 'bob')
    await type(dave, 'bob')
    house.clock.turn(500)
    await type(carol, 'bob', true)
    await type(alice, 'bob', true)
    house.clock.turn(499)
    expect(bob.events()).toEqual([])
    house.clock.turn(1)
    expect(typists(bob.events())).toEqual([['-carol', 'dave', '-alice']])
    // And it rests again.
    await type(alice, 'bob')
    expect(bob.events()).toEqual([])
    house.clock.turn(1000)
    expect(typists(bob.events())).toEqual([['alice']])
  })

  test('whatever 50 users do in 20 seconds, it is one EVENT in each', async () => {
    const bob = house.login('bob')
    const names = Array.from({ length: 50 }, (_, i) => `user-${i}`)
    await bob.watch(names)
    const peers = new Map<string, VirtualPeer>()
    const times: number[] = []
    for (let at = 0; at < 20_000; at += 100) {
      const name = names[(at / 100) % 50] as string
      const peer = peers.get(name)
      if (peer && at % 700 === 0) {
        peer.ends()
        peers.delete(name)
      } else if (peer) await type(peer, 'bob')
      else peers.set(name, house.login(name))
      for (const _ of bob.events()) times.push(at)
      house.clock.turn(100)
    }
    expect(times.length).toBeGreaterThan(15)
    for (const [i, at] of times.entries()) expect(at - (times[i - 1] ?? -1000)).toBeGreaterThanOrEqual(1000)
  })

  test('sessions rest each by its own: one that is due is not held up by another', async () => {
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => house.login(name)) as [VirtualPeer, VirtualPeer, VirtualPeer]
    await type(alice, 'bob')
    house.clock.turn(600)
    await type(alice, 'carol')
    for (const peer of [bob, carol]) peer.events()
    house.clock.turn(100)
    await type(bob, 'carol')
    await type(carol, 'bob')
    house.clock.turn(300)
    expect([typists(bob.events()), carol.events()]).toEqual([[['carol']], []])
    house.clock.turn(599)
    expect(carol.events()).toEqual([])
    house.clock.turn(1)
    expect(typists(carol.events())).toEqual([['bob']])
  })

  test('a session that is behind goes without, and learns the presence once it has drained', async () => {
    const bob = house.login('bob')
    await bob.watch(['alice', 'carol'])
    bob.bufferedBytes = 65 * 1024
    const alice = house.login('alice')
    await type(alice, 'bob')
    house.clock.turn(2000)
    const carol = house.login('carol')
    await type(carol, 'bob')
    house.clock.turn(5000)
    expect(bob.events()).toEqual([])
    bob.bufferedBytes = 0
    house.clock.turn(1000)
    const events = bob.events()
    expect(shown(events)).toEqual([['alice 1', 'carol 1']])
    expect(typists(events)).toEqual([[]])
  })

  test('nothing is kept of a session that has had its second', async () => {
    const [alice, bob] = [house.login('alice'), house.login('bob')]
    await type(alice, 'bob')
    expect(house.left).toMatchObject({ resting: 1, typing: 1 })
    house.clock.turn(1000)
    expect(house.left).toMatchObject({ resting: 0 })
    alice.ends()
    bob.ends()
    house.clock.turn(10_000)
    expect(house.left).toEqual(NOTHING_LEFT)
  })

  test('a session that ends while something waits for it leaves nothing', async () => {
    const [alice, bob] = [house.login('alice'), house.login('bob')]
    await type(alice, 'bob')
    await type(alice, 'bob', true)
    bob.ends()
    alice.ends()
    expect(house.left).toEqual({ ...NOTHING_LEFT, leaving: 2 })
    house.clock.turn(2500)
    expect(house.left).toEqual(NOTHING_LEFT)
  })
})

describe('T2: coming and going', () => {
  const online = async (peer: VirtualPeer, name: string) => (await peer.watch([name]))[0]?.online

  test('a reconnect is not seen; who stays away is gone after 2.5 seconds, with the time', async () => {
    const bob = house.login('bob')
    const alice = house.login('alice')
    expect(await online(bob, 'alice')).toEqual([DeviceClass.PHONE])
    alice.ends()
    house.clock.turn(2400)
    const back = house.login('alice')
    house.clock.turn(10_000)
    expect(bob.events()).toEqual([])
    const goneAt = house.clock.now()
    back.ends()
    house.clock.turn(2499)
    expect(bob.events()).toEqual([])
    house.clock.turn(1)
    expect(bob.events()[0]?.presence).toEqual([{ userId: 'alice', online: [], lastSeen: goneAt, status: '' }])
    expect((await bob.watch(['alice']))[0]).toEqual({ userId: 'alice', online: [], lastSeen: goneAt, status: '' })
  })

  test('a device more is told at once, a device less after the same while; more tabs of a class are nothing new', async () => {
    const bob = house.login('bob')
    const phone = house.login('alice', DeviceClass.PHONE)
    await bob.watch(['alice'])
    const tab = house.login('alice', DeviceClass.WEB, 'one')
    expect(shown(bob.events())).toEqual([['alice 1+4']])
    house.clock.turn(1000)
    house.login('alice', DeviceClass.WEB, 'two')
    tab.ends()
    house.clock.turn(5000)
    expect(bob.events()).toEqual([])
    phone.ends()
    house.clock.turn(2500)
    expect(shown(bob.events())).toEqual([['alice 4']])
  })

  test('coming and going within one second is told as it is in the end', async () => {
    const bob = house.login('bob')
    await bob.watch(['alice', 'carol'])
    house.login('carol')
    expect(shown(bob.events())).toEqual([['carol 1']])
    house.login('alice')
    house.login('alice', DeviceClass.WEB)
    house.clock.turn(1000)
    expect(shown(bob.events())).toEqual([['alice 1+4']])
  })

  test('when users were last online is stored together, and at a stop for everybody', async () => {
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => house.login(name)) as [VirtualPeer, VirtualPeer, VirtualPeer]
    const goneAt = house.clock.now()
    alice.ends()
    house.clock.turn(1000)
    bob.ends()
    house.clock.turn(6400)
    expect(house.log.lastSeen.size).toBe(0)
    house.clock.turn(100)
    expect(house.log.lastSeen).toEqual(
      new Map([
        ['alice', goneAt],
        ['bob', goneAt + 1000],
      ]),
    )
    house.clock.turn(1000)
    const dave = house.login('dave')
    dave.ends()
    await house.core.ephemeral.flush()
    expect(Object.fromEntries(house.log.lastSeen)).toMatchObject({ carol: house.clock.now(), dave: house.clock.now() })
    carol.ends()
  })

  test('a log that fails takes them later', async () => {
    house.login('alice').ends()
    const goneAt = house.clock.now()
    house.log.fault = { kind: 'failed', message: 'no disk' }
    house.clock.turn(20_000)
    await settled()
    house.log.fault = undefined
    house.clock.turn(5000)
    await settled()
    expect(house.log.lastSeen).toEqual(new Map([['alice', goneAt]]))
  })

  test('nobody who is not watched costs anything but the moment after the last session ends', async () => {
    const peers = Array.from({ length: 100 }, (_, i) => house.login(`user-${i}`))
    expect(house.left).toEqual(NOTHING_LEFT)
    for (const peer of peers) peer.ends()
    expect(house.left).toEqual({ ...NOTHING_LEFT, leaving: 100 })
    house.clock.turn(2500)
    expect(house.left).toEqual(NOTHING_LEFT)
  })
})

describe('T2: who may see whom is asked again when it may have changed', () => {
  const blank = { userId: 'alice', online: [], lastSeen: 0, status: '' }
  const contacts: Sight = { ...KNOWN, audience: PresenceAudience.CONTACTS }
  let alice: VirtualPeer
  let bob: VirtualPeer
  beforeEach(async () => {
    alice = house.login('alice')
    bob = house.login('bob')
    await bob.watch(['alice'])
  })

  test('a block hides at once, also what waits already; a lifted one shows again', async () => {
    await house.change(alice, 'own/alice', { status: { text: 'here', audience: PresenceAudience.KNOWN } })
    expect(bob.events()[0]?.presence).toMatchObject([{ status: 'here' }])
    await house.change(alice, 'own/alice', { status: { text: 'not for bob', audience: PresenceAudience.KNOWN } })
    await house.change(alice, 'own/alice', { block: { user: 'bob', removed: false } })
    house.clock.turn(1000)
    expect(bob.events()[0]?.presence).toEqual([blank])
    house.login('alice', DeviceClass.WEB)
    await house.change(alice, 'own/alice', { status: { text: 'still not', audience: PresenceAudience.KNOWN } })
    house.clock.turn(5000)
    expect(bob.events()).toEqual([])
    house.log.sightOf = () => ({ ...KNOWN, status: 'still not' })
    await house.change(alice, 'own/alice', { block: { user: 'bob', removed: true } })
    expect(bob.events()[0]?.presence).toMatchObject([{ status: 'still not', online: [1, 4] }])
  })

  test('another audience: nobody hears of the new text before the log has said who may', async () => {
    const carol = house.login('carol')
    await carol.watch(['alice'])
    house.log.sightOf = ({ watcher }) => (watcher === 'carol' ? { ...contacts, status: 'for contacts' } : undefined)
    await house.change(alice, 'own/alice', { status: { text: 'for contacts', audience: PresenceAudience.CONTACTS } })
    house.clock.turn(1000)
    expect(carol.events()[0]?.presence).toMatchObject([{ status: 'for contacts', online: [1] }])
    expect(bob.events()[0]?.presence).toEqual([blank])
  })

  test('while the log cannot say, nothing is told; it is asked again', async () => {
    house.log.sightOf = () => {
      throw new Error('no disk')
    }
    await house.change(alice, 'own/alice', { status: { text: 'x', audience: PresenceAudience.CONTACTS } })
    house.login('alice', DeviceClass.WEB)
    house.clock.turn(3000)
    await settled()
    expect(bob.events()).toEqual([])
    house.log.sightOf = () => ({ ...contacts, status: 'x' })
    house.clock.turn(1000)
    await settled()
    expect(bob.events()[0]?.presence).toMatchObject([{ status: 'x', online: [1, 4] }])
  })

  test('nobody: all but oneself see nothing, without asking the log', async () => {
    const ownTablet = house.login('alice', DeviceClass.TABLET)
    await ownTablet.watch(['alice'])
    house.clock.turn(1000)
    bob.events()
    await house.change(alice, 'own/alice', { status: { audience: PresenceAudience.NOBODY } })
    expect(bob.events()[0]?.presence).toEqual([blank])
    expect(house.core.ephemeral.presences.presenceFor(ownTablet.session, 'alice')?.online).toEqual([1, 2])
  })

  test('who becomes a contact, or writes first, is asked for again', async () => {
    house.log.sightOf = () => undefined
    await bob.watch(['alice'])
    expect(bob.events()).toEqual([])
    house.log.sightOf = () => KNOWN
    const message = { clientMessageId: 'first', toUser: 'alice', conversationId: '', contentType: '', content: Buffer.from('hello') }
    bob.send(Command.SEND, message)
    house.log.commit()
    await settled()
    expect(shown(bob.events())).toEqual([['alice 1']])
    house.log.sightOf = () => undefined
    await house.change(bob, 'dm/alice/bob', { contact: { step: 3, note: '' } })
    house.clock.turn(1000)
    expect(bob.events()[0]?.presence).toEqual([blank])
  })

  test('unwatched while something waits: nothing more comes', async () => {
    house.login('alice', DeviceClass.WEB)
    expect(shown(bob.events())).toEqual([['alice 1+4']])
    house.login('alice', DeviceClass.TABLET)
    expect(await bob.watch([], ['alice'])).toEqual([])
    house.clock.turn(10_000)
    expect(bob.events()).toEqual([])
    expect(house.left).toEqual(NOTHING_LEFT)
  })

  test('at most 500 are watched; what is refused changes nothing', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `user-${i}`)
    expect(await bob.refused(Command.WATCH, { users: names, unwatch: [] })).toEqual({ code: 'limit_reached', field: 'users' })
    expect(house.left).toMatchObject({ watching: 1, watched: 1 })
    expect(await bob.watch(names, ['alice'])).toHaveLength(500)
    expect(await bob.watch(names)).toHaveLength(500)
    expect(await bob.refused(Command.WATCH, { users: ['one more'], unwatch: [] })).toMatchObject({ code: 'field_invalid', field: 'users' })
    expect(await bob.refused(Command.WATCH, { users: ['alice'], unwatch: [] })).toMatchObject({ code: 'limit_reached' })
    house.log.fault = { kind: 'failed', message: 'no disk' }
    expect(await bob.refused(Command.WATCH, { users: ['alice'], unwatch: ['user-1'] })).toMatchObject({ code: 'storage_unavailable' })
    expect(house.core.ephemeral.presences.watches.watched('alice')).toBeUndefined()
    bob.ends()
    alice.ends()
    house.clock.turn(2500)
    expect(house.left).toEqual(NOTHING_LEFT)
  })

  test('a session that ends while the log is being asked leaves nothing', async () => {
    const { promise, resolve } = Promise.withResolvers<Sight[]>()
    house.core.log.sights = () => promise
    const carol = house.login('carol')
    carol.send(Command.WATCH, { users: ['alice'], unwatch: [] })
    carol.ends()
    resolve([KNOWN])
    await settled()
    expect(house.left).toMatchObject({ watching: 1, watched: 1 })
  })
})
