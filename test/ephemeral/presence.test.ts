import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { ContactStep, DeviceClass, PresenceAudience } from '../../shared/gen/hawser.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import { blank, change, presenceOf, refused, say, watch } from './fleeting-peer.ts'

let house: House
beforeAll(async () => {
  house = await House.start({ env: { HAWSER_MAX_LOOP_DELAY_MS: '3600000' }, edge: { CONNECTS_PER_ADDRESS: '10000' } })
})
afterAll(() => house?.dispose())

const { PHONE, DESKTOP, WEB } = DeviceClass
const DOORS = ['tcp', 'edge'] as const

describe.each(DOORS)('T2: presence, told by %s', (door) => {
  const other = door === 'tcp' ? 'edge' : 'tcp'
  /** Names of its own for each test. */
  let run = 0
  const named = (name: string) => `${name}-${door}-${run}`
  const direct = (a: string, b: string) => `dm/${[named(a), named(b)].sort().join('/')}`
  const own = (name: string) => `own/${named(name)}`
  const login = (name: string, by: 'tcp' | 'edge' = door, fields: Parameters<House['login']>[2] = {}) =>
    house.login(by, named(name), fields)
  const end = (...peers: WirePeer[]) => {
    for (const peer of peers) peer.end()
  }
  const test = (name: string, body: () => Promise<void>) =>
    it(name, { timeout: 60_000 }, async () => {
      run++
      await body()
    })

  test('coming, another device, going and when, across the doors', async () => {
    const alice = await login('alice')
    await say(alice, named('bob'))
    expect(await watch(alice, [named('bob')])).toEqual([blank(named('bob'))])
    const phone = await login('bob', other)
    expect(await presenceOf(alice, named('bob'))).toEqual({ ...blank(named('bob')), online: [PHONE] })
    const tab = await login('bob', door, { deviceId: 'laptop', deviceClass: WEB })
    expect((await presenceOf(alice, named('bob'))).online).toEqual([PHONE, WEB])
    phone.end()
    expect((await presenceOf(alice, named('bob'))).online).toEqual([WEB])
    const before = Date.now()
    tab.end()
    const gone = await presenceOf(alice, named('bob'))
    expect(gone).toMatchObject({ online: [], status: '' })
    expect(gone.lastSeen).toBeGreaterThanOrEqual(before - 1000)
    expect(gone.lastSeen).toBeLessThanOrEqual(Date.now())
    // A later snapshot says the same, and another session's.
    const tablet = await login('alice', other, { deviceId: 'tablet', deviceClass: DeviceClass.TABLET })
    for (const peer of [alice, tablet]) expect(await watch(peer, [named('bob')])).toEqual([gone])
    end(alice, tablet)
  })

  test('a reconnect is not told, whichever door it comes back by', async () => {
    const [alice, bob] = [await login('alice'), await login('bob', other)]
    await say(bob, named('alice'))
    expect(await watch(alice, [named('bob')])).toEqual([{ ...blank(named('bob')), online: [PHONE] }])
    const [back, token] = [await house.open(door, named('bob')), await house.signer.token(named('bob'))]
    bob.end()
    await back.login(token)
    // The next thing that is told is a status, and no going or coming was before it.
    await new Promise((resolve) => setTimeout(resolve, 3000))
    await change(back, own('bob'), { status: { text: 'back', audience: PresenceAudience.KNOWN } })
    expect(await presenceOf(alice, named('bob'))).toEqual({ userId: named('bob'), online: [PHONE], lastSeen: 0, status: 'back' })
    end(alice, back)
  })

  test('strangers see nothing, and hear nothing of what happens', async () => {
    const [alice, bob] = [await login('alice'), await login('bob', other)]
    await say(alice, named('friend'))
    // A draft of what may be written to somebody is no conversation.
    await change(bob, own('bob'), { preference: { conversationId: direct('alice', 'bob'), draft: 'dear alice' } })
    expect(await watch(bob, [named('alice'), named('never-heard-of')])).toEqual([blank(named('alice')), blank(named('never-heard-of'))])
    await change(alice, own('alice'), { status: { text: 'secret', audience: PresenceAudience.KNOWN } })
    alice.end()
    const back = await login('alice', door, { deviceId: 'desk', deviceClass: DESKTOP })
    // Once there is a conversation, there is something to see, at once.
    await say(bob, named('alice'))
    expect(await presenceOf(bob, named('alice'))).toMatchObject({ status: 'secret', online: expect.arrayContaining([DESKTOP]) })
    end(back, bob)
  })

  test('members of a group see each other, until one leaves or it is dissolved', async () => {
    const [alice, bob, carol] = [await login('alice'), await login('bob', other), await login('carol')]
    const group = `group/${named('ours')}`
    expect(await watch(bob, [named('alice'), named('carol')])).toEqual([blank(named('alice')), blank(named('carol'))])
    const members = [named('bob'), named('carol')]
    await change(alice, group, { create: { name: 'g', description: '', avatar: '', attributes: [], members } })
    expect((await presenceOf(bob, named('alice'))).online).toEqual([PHONE])
    expect((await watch(bob, [named('carol')]))[0]?.online).toEqual([PHONE])
    await change(carol, group, { leave: {} })
    expect(await presenceOf(bob, named('carol'))).toEqual(blank(named('carol')))
    expect(await watch(bob, [named('carol')])).toEqual([blank(named('carol'))])
    await change(alice, group, { add: { users: [named('carol')] } })
    expect((await presenceOf(bob, named('carol'))).online).toEqual([PHONE])
    await change(alice, group, { dissolve: {} })
    expect(await presenceOf(bob, named('alice'))).toEqual(blank(named('alice')))
    end(alice, bob, carol)
  })

  test('the audience: contacts only, nobody, and back', async () => {
    const [alice, bob, carol] = [await login('alice'), await login('bob', other), await login('carol')]
    for (const peer of [bob, carol]) await say(peer, named('alice'))
    for (const peer of [bob, carol]) expect((await watch(peer, [named('alice')]))[0]?.online).toEqual([PHONE])
    await change(bob, direct('alice', 'bob'), { contact: { step: ContactStep.REQUEST, note: '' } })
    await change(alice, direct('alice', 'bob'), { contact: { step: ContactStep.ACCEPT, note: '' } })
    await change(alice, own('alice'), { status: { text: 'for contacts', audience: PresenceAudience.CONTACTS } })
    expect(await presenceOf(carol, named('alice'))).toEqual(blank(named('alice')))
    expect(await presenceOf(bob, named('alice'))).toMatchObject({ status: 'for contacts', online: [PHONE] })
    await change(alice, direct('alice', 'bob'), { contact: { step: ContactStep.REMOVE, note: '' } })
    expect(await presenceOf(bob, named('alice'))).toEqual(blank(named('alice')))
    await change(alice, own('alice'), { status: { audience: PresenceAudience.NOBODY } })
    for (const peer of [bob, carol]) expect(await watch(peer, [named('alice')])).toEqual([blank(named('alice'))])
    // Oneself sees oneself.
    expect(await watch(alice, [named('alice')])).toMatchObject([{ online: [PHONE], status: 'for contacts' }])
    await change(alice, own('alice'), { status: { text: 'what is not given stays' } })
    expect(await watch(bob, [named('alice')])).toEqual([blank(named('alice'))])
    await change(alice, own('alice'), { status: { audience: PresenceAudience.KNOWN } })
    for (const peer of [bob, carol]) expect((await presenceOf(peer, named('alice'))).status).toBe('what is not given stays')
    end(alice, bob, carol)
  })

  test('P2: a block hides at once, and only the one who blocks', async () => {
    const [alice, bob] = [await login('alice'), await login('bob', other)]
    await say(alice, named('bob'))
    expect((await watch(alice, [named('bob')]))[0]?.online).toEqual([PHONE])
    expect((await watch(bob, [named('alice')]))[0]?.online).toEqual([PHONE])
    await change(alice, own('alice'), { block: { user: named('bob'), removed: false } })
    expect(await presenceOf(bob, named('alice'))).toEqual(blank(named('alice')))
    expect(await watch(bob, [named('alice')])).toEqual([blank(named('alice'))])
    expect((await watch(alice, [named('bob')]))[0]?.online).toEqual([PHONE])
    await change(alice, own('alice'), { block: { user: named('bob'), removed: true } })
    expect((await presenceOf(bob, named('alice'))).online).toEqual([PHONE])
    end(alice, bob)
  })

  test('unwatched, nothing more is told; refusals name the field', async () => {
    const [alice, bob] = [await login('alice'), await login('bob', other)]
    await say(alice, named('bob'))
    await say(alice, named('carol'))
    await watch(alice, [named('bob'), named('carol')])
    expect(await watch(alice, [], [named('bob')])).toEqual([])
    await change(bob, own('bob'), { status: { text: 'x', audience: PresenceAudience.KNOWN } })
    const carol = await login('carol')
    const seen = await alice.nextOf(Command.EVENT)
    expect(seen.presence.map(({ userId }) => userId)).toEqual([named('carol')])
    expect(await refused(alice, Command.WATCH, { users: ['with space'], unwatch: [] })).toBe('field_invalid users')
    expect(await refused(alice, Command.WATCH, { users: [], unwatch: [''] })).toBe('field_invalid unwatch')
    const many = Array.from({ length: 500 }, (_, i) => `u${i}`)
    expect(await refused(alice, Command.WATCH, { users: many, unwatch: [] })).toBe('limit_reached users')
    expect(await watch(alice, many, [named('carol')])).toHaveLength(500)
    end(alice, bob, carol)
  })
})

it('a stop keeps when everybody was last online; a new core knows', { timeout: 60_000 }, async () => {
  const [alice, bob] = [await house.login('tcp', 'stop-alice'), await house.login('tcp', 'stop-bob')]
  await say(alice, 'stop-bob')
  const before = Date.now()
  await house.core.stop()
  const after = Date.now()
  await house.core.start()
  await bob.closed
  const back = await house.login('tcp', 'stop-alice')
  await expect
    .poll(async () => (await watch(back, ['stop-bob']))[0]?.lastSeen, { timeout: 10_000 })
    .toSatisfy((at: number) => at >= before && at <= after)
  back.end()
})

it('T2: after a SIGKILL those who were online were last seen about when the core last lived', { timeout: 90_000 }, async () => {
  let [alice, bob] = [await house.login('tcp', 'kill-alice'), await house.login('tcp', 'kill-bob')]
  await say(alice, 'kill-bob')
  await say(bob, 'kill-alice')
  bob.end()
  await expect.poll(async () => (await watch(alice, ['kill-bob']))[0]?.lastSeen, { timeout: 10_000 }).toSatisfy((at: number) => at > 0)
  await expect.poll(() => lastSeenInLog('kill-bob'), { timeout: 20_000 }).toBeGreaterThan(0)
  const wentAt = lastSeenInLog('kill-bob')
  bob = await house.login('tcp', 'kill-bob')
  await expect.poll(() => isOnlineInLog('kill-bob'), { timeout: 30_000, interval: 200 }).toBe(true)
  await house.core.stop('SIGKILL')
  const killedAt = Date.now()
  await house.core.start()
  alice = await house.login('tcp', 'kill-alice')
  const [presence] = await watch(alice, ['kill-bob'])
  expect(presence).toMatchObject({ online: [] })
  expect(presence?.lastSeen).toBeGreaterThan(wentAt)
  expect(presence?.lastSeen).toBeGreaterThanOrEqual(killedAt - 25_000)
  expect(presence?.lastSeen).toBeLessThanOrEqual(killedAt)
  alice.end()
})

/** What the core's file has, read beside it. */
function inLog<T>(sql: string, user: string): T | undefined {
  const database = new DatabaseSync(join(house.core.data, 'log.sqlite'), { readOnly: true })
  try {
    return database.prepare(sql).get(user) as T | undefined
  } finally {
    database.close()
  }
}

function lastSeenInLog(user: string): number {
  const sql = 'SELECT s.last_seen FROM status s JOIN user u ON u.id = s.user WHERE u.name = ?'
  return inLog<{ last_seen: number }>(sql, user)?.last_seen ?? 0
}

function isOnlineInLog(user: string): boolean {
  return inLog('SELECT 1 FROM online o JOIN user u ON u.id = o.user WHERE u.name = ?', user) !== undefined
}

it('when all are gone, nothing is watched any more', { timeout: 60_000 }, async () => {
  const peer = await house.login('edge', 'last')
  await watch(peer, ['somebody'])
  expect(await house.core.metric('hawser_sessions_watching')).toBe(1)
  peer.end()
  await expect.poll(() => house.core.metric('hawser_sessions_watching'), { timeout: 10_000 }).toBe(0)
})
