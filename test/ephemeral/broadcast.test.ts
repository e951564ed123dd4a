import { afterAll, beforeAll, expect, it } from 'vitest'
import { DeviceClass } from '../../shared/gen/hawser.ts'
import { hawser } from '../client/program.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import { event, join } from './fleeting-peer.ts'

let house: House
let peers: Record<'phone' | 'tab' | 'desk' | 'bob', WirePeer>
beforeAll(async () => {
  house = await House.start({ env: { HAWSER_MAX_LOOP_DELAY_MS: '3600000' } })
  peers = {
    phone: await house.login('tcp', 'alice'),
    tab: await house.login('edge', 'alice', { deviceId: 'laptop', deviceClass: DeviceClass.WEB }),
    desk: await house.login('ws', 'alice', { deviceId: 'desk', deviceClass: DeviceClass.DESKTOP }),
    bob: await house.login('edge', 'bob', { deviceClass: DeviceClass.WEB }),
  }
  await join(peers.tab, 'stage')
  await join(peers.phone, 'stage')
})
afterAll(() => house?.dispose())

type Name = keyof typeof peers
const ALL: Name[] = ['phone', 'tab', 'desk', 'bob']
const post = (body: unknown) => house.core.admin('/broadcast', { method: 'POST', body })

/** Each of them gets it as the next thing it hears of at all. */
async function expectAt(names: readonly Name[], content: string, contentType = 'text/plain'): Promise<void> {
  for (const name of names) {
    const { broadcast } = await event(peers[name])
    expect([Buffer.from(broadcast?.content ?? '').toString(), broadcast?.contentType], name).toEqual([content, contentType])
  }
}

it.each<[string, unknown, Name[]]>([
  ['everybody', undefined, ALL],
  ['a user', { users: ['alice'] }, ['phone', 'tab', 'desk']],
  ['several users, one of them offline', { users: ['bob', 'nobody', 'bob'] }, ['bob']],
  ['a room', { room: 'stage' }, ['phone', 'tab']],
  ['a door', { transport: 'edge' }, ['tab', 'bob']],
  ['a class of device', { deviceClass: 'web' }, ['tab', 'bob']],
  ['all of it', { users: ['alice'], room: 'stage', transport: 'tcp', deviceClass: 'phone' }, ['phone']],
  ['a room that is not there', { room: 'none' }, []],
])('to %s', async (what, filter, names) => {
  const { status, body } = await post({ content: `to ${what}`, filter })
  expect([status, body]).toEqual([200, { sessions: names.length }])
  await expectAt(names, `to ${what}`)
})

it('wants the key, and names what is wrong', async () => {
  const keyless = await fetch(`${house.core.adminUrl}/broadcast`, { method: 'POST', body: JSON.stringify({ content: 'x' }) })
  expect(keyless.status).toBe(401)
  for (const [body, said] of [
    [{}, 'content'],
    [{ content: '' }, 'content'],
    [{ content: 'x'.repeat(65_537) }, '65537 bytes'],
    [{ content: 'x', filter: { deviceClass: 'fridge' } }, 'deviceClass'],
    [{ content: 'x', filter: { transport: 'pigeon' } }, 'transport'],
    [{ content: 'x', filter: { user: 'alice' } }, 'user'],
    [{ content: 'x', contentType: '' }, 'contentType'],
  ] as const) {
    const { status, text } = await post(body)
    expect([status, text]).toEqual([400, expect.stringContaining(said)])
  }
})

it('by the command line', async () => {
  const admin = ['--admin', house.core.adminUrl, '--data', house.core.data]
  expect(await hawser('broadcast', 'maintenance', 'at noon', ...admin)).toMatchObject({ status: 0, stdout: '4' })
  await expectAt(ALL, 'maintenance at noon')
  const filtered = ['--users', 'alice, bob', '--class', 'web', '--type', 'text/markdown']
  expect(await hawser('broadcast', '*soon*', ...filtered, ...admin)).toMatchObject({ status: 0, stdout: '2' })
  await expectAt(['tab', 'bob'], '*soon*', 'text/markdown')
  expect(await hawser('broadcast', ...admin)).toMatchObject({ status: 2, stderr: expect.stringContaining('no text') })
  expect(await hawser('broadcast', 'x', '--transport', 'pigeon', ...admin)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('transport'),
  })
})
