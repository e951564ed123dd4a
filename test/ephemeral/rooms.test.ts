import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shardIndexOf } from '../../edge/worker/rendezvous.ts'
import { Command } from '../../shared/commands.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import { event, join, publish, refused } from './fleeting-peer.ts'

const SHARDS = 2
const BROWSERS = 60
const NATIVE = 20

let house: House
beforeAll(async () => {
  house = await House.start({ env: { HAWSER_MAX_LOOP_DELAY_MS: '3600000' }, shards: SHARDS, edge: { CONNECTS_PER_ADDRESS: '10000' } })
})
afterAll(() => house?.dispose())

const message = async (peer: WirePeer) => {
  const { roomMessage } = await event(peer)
  return roomMessage && { ...roomMessage, content: Buffer.from(roomMessage.content).toString() }
}
const bodies = async () => {
  const { body } = await house.core.admin('/edge')
  return (body as { uplinks: { bodiesOut: number }[] }).uplinks.map(({ bodiesOut }) => bodiesOut)
}
const rooms = () => house.core.metric('hawser_rooms')

describe.each(['tcp', 'edge'] as const)('T4: rooms, by %s', (door) => {
  const other = door === 'tcp' ? 'edge' : 'tcp'

  it('joined, left, told to the others in it, and gone with the last one', { timeout: 60_000 }, async () => {
    const room = `stage ${door}`
    const [alice, bob, carol] = [await house.login(door, 'alice'), await house.login(other, 'bob'), await house.login(door, 'carol')]
    expect(await join(alice, room)).toBe(1)
    expect(await join(bob, room)).toBe(2)
    expect(await join(bob, room)).toBe(2)
    expect(await publish(alice, room, 'hello')).toBe(1)
    expect(await message(bob)).toEqual({
      roomId: room,
      sender: 'alice',
      sentAt: expect.closeTo(Date.now(), -5),
      contentType: 'text/plain',
      content: 'hello',
    })
    expect(await join(carol, room)).toBe(3)
    expect(await join(carol, 'elsewhere')).toBe(1)
    expect(await publish(carol, room, 'from carol')).toBe(2)
    for (const peer of [alice, bob]) expect(await message(peer)).toMatchObject({ sender: 'carol', content: 'from carol' })
    expect(await join(bob, room, true)).toBe(2)
    expect(await join(bob, room, true)).toBe(2)
    expect(await publish(alice, room, 'without bob')).toBe(1)
    expect(await message(carol)).toMatchObject({ content: 'without bob' })
    expect(await rooms()).toBe(2)
    carol.end()
    await expect.poll(rooms, { timeout: 10_000 }).toBe(1)
    expect(await join(alice, room, true)).toBe(0)
    expect(await rooms()).toBe(0)
    expect([...alice.frames, ...bob.frames]).toEqual([])
    for (const peer of [alice, bob]) peer.end()
  })

  it('its refusals', { timeout: 60_000 }, async () => {
    const [alice, bob] = [await house.login(door, 'alice'), await house.login(other, 'bob')]
    const content = Buffer.from('x')
    await join(bob, 'theirs')
    expect(await refused(alice, Command.PUBLISH, { roomId: 'theirs', contentType: '', content })).toBe('forbidden room_id')
    expect(await refused(alice, Command.PUBLISH, { roomId: 'none', contentType: '', content })).toBe('forbidden room_id')
    await join(alice, 'theirs')
    const large = new Uint8Array(65_537)
    expect(await refused(alice, Command.PUBLISH, { roomId: 'theirs', contentType: '', content: large })).toBe('content_too_large content')
    expect(await refused(alice, Command.PUBLISH, { roomId: 'theirs', contentType: 'x'.repeat(129), content })).toBe(
      'field_invalid content_type',
    )
    await join(alice, 'theirs', true)
    expect(await refused(alice, Command.PUBLISH, { roomId: 'theirs', contentType: '', content })).toBe('forbidden room_id')
    for (const roomId of ['', 'x'.repeat(129), 'a\nb']) {
      expect(await refused(alice, Command.ROOM, { roomId, leave: false })).toBe('field_invalid room_id')
    }
    for (let i = 0; i < 100; i++) await join(alice, `room-${i}`)
    expect(await refused(alice, Command.ROOM, { roomId: 'one more', leave: false })).toBe('limit_reached room_id')
    expect(await join(alice, 'room-7')).toBe(1)
    await join(alice, 'room-7', true)
    expect(await join(alice, 'one more')).toBe(1)
    for (const peer of [alice, bob]) peer.end()
    await expect.poll(rooms, { timeout: 10_000 }).toBe(0)
  })
})

it('a room of native and edge members: one body for each shard', { timeout: 120_000 }, async () => {
  const peers: WirePeer[] = []
  for (let i = 0; i < BROWSERS; i += 20) {
    peers.push(...(await Promise.all(Array.from({ length: 20 }, (_, j) => house.login('edge', `viewer-${i + j}`)))))
  }
  for (let i = 0; i < NATIVE; i++) peers.push(await house.login('tcp', `native-${i}`))
  const shards = new Set(Array.from({ length: BROWSERS }, (_, i) => shardIndexOf(`viewer-${i}`, SHARDS)))
  expect(shards.size).toBe(SHARDS)
  for (const peer of peers) await join(peer, 'live')
  const speaker = await house.login('tcp', 'speaker')
  expect(await join(speaker, 'live')).toBe(BROWSERS + NATIVE + 1)
  const before = await bodies()
  const arrivals = peers.map(message)
  expect(await publish(speaker, 'live', 'to all of them')).toBe(BROWSERS + NATIVE)
  for (const arrived of await Promise.all(arrivals)) expect(arrived).toMatchObject({ roomId: 'live', content: 'to all of them' })
  expect((await bodies()).map((count, shard) => count - (before[shard] ?? 0))).toEqual([1, 1])
  for (const peer of [speaker, ...peers]) peer.end()
  await expect.poll(rooms, { timeout: 10_000 }).toBe(0)
})

it('T5: a lost uplink ends it; the browser joins again after the GAP', { timeout: 60_000 }, async () => {
  const [alice, bob] = [await house.login('tcp', 'alice'), await house.login('edge', 'bob')]
  await join(alice, 'stage')
  await join(bob, 'stage')
  await house.core.stop('SIGKILL')
  await house.core.start()
  expect(await bob.nextOf(Command.GAP)).toEqual({ conversationId: '', lastSeq: 0 })
  expect(await refused(bob, Command.PUBLISH, { roomId: 'stage', contentType: '', content: Buffer.from('x') })).toBe('forbidden room_id')
  expect(await join(bob, 'stage')).toBe(1)
  for (const peer of [alice, bob]) peer.end()
})
