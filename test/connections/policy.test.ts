import { afterEach, describe, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import type { SessionView } from '../../tcp-core/admin/session-view.ts'
import { LoneCore } from '../support/lone-core.ts'
import type { WirePeer } from '../support/wire-peer.ts'

let server: LoneCore
afterEach(() => server?.dispose())

async function expectAlive(peer: WirePeer): Promise<void> {
  expect((await peer.ask(Command.PING, 4242, {})).command).toBe(Command.PONG)
}
const phone = { deviceId: 'phone', deviceClass: DeviceClass.PHONE }
const desk = { deviceId: 'desk', deviceClass: DeviceClass.DESKTOP }

test('policy single: a login ends the sessions on all other devices, whatever their class and door', async () => {
  server = await LoneCore.start({ HAWSER_LOGIN_POLICY: 'single' })
  const first = await server.login('tcp', 'alice', phone)
  const tab = await server.login('tcp', 'alice', { ...phone, instanceId: 'other' })
  const second = await server.open('ws')
  const { generation } = await second.login(await server.signer.token('alice'), desk)
  for (const peer of [first, tab]) {
    expect(await peer.nextOf(Command.KICK)).toMatchObject({ deviceId: 'desk', deviceClass: DeviceClass.DESKTOP, generation })
    expect(await peer.closed).toMatchObject({ code: CODES.displaced.close })
  }
  const back = await server.open('tcp')
  const automatic = { ...phone, intent: Intent.AUTOMATIC, generation: generation - 1 }
  await expect(back.login(await server.signer.token('alice'), automatic)).rejects.toThrow(String(CODES.displaced.close))
  await expectAlive(second)
  await expectAlive(await server.login('tcp', 'bob', phone))
})

test('policy multiple: nobody displaces anybody, but the same instance replaces itself', async () => {
  server = await LoneCore.start({ HAWSER_LOGIN_POLICY: 'multiple' })
  const peers = await Promise.all(['a', 'b', 'c'].map((deviceId) => server.login('tcp', 'alice', { deviceId })))
  for (const peer of peers) await expectAlive(peer)
  await server.login('ws', 'alice', { deviceId: 'a' })
  expect(await peers[0]?.closed).toMatchObject({ code: CODES.replaced.close })
  for (const peer of peers.slice(1)) await expectAlive(peer)
})

describe('an operator', () => {
  test('sees the sessions and ends one, or all of a user', async () => {
    server = await LoneCore.start()
    const [one, two, other] = [
      await server.login('tcp', 'alice', { instanceId: '1', client: 'app/3' }),
      await server.login('ws', 'alice', { instanceId: '2' }),
      await server.login('tls', 'bob'),
    ]
    const list = async (query: string) => {
      const answer: { body: { total: number; sessions: SessionView[] } } = await server.core.admin(`/sessions${query}`)
      return answer.body
    }
    const { total, sessions } = await list('?user=alice')
    expect(total).toBe(2)
    expect(sessions[0]).toMatchObject({ user: 'alice', transport: 'tcp', address: '127.0.0.1', client: 'app/3', deviceClass: 'phone' })
    expect(sessions[0]).toMatchObject({ packetsIn: 1, packetsOut: 1, ackWait: 0, bufferedBytes: 0 })
    expect((await list('?transport=tls')).sessions.map(({ user }) => user)).toEqual(['bob'])
    expect([(await list('?address=127.0.0.0/8')).total, (await list('?address=10.0.0.1')).total, (await list('?limit=1')).total]).toEqual([
      3, 0, 3,
    ])

    const id = sessions[0]?.id as string
    expect((await server.core.admin('/kick', { method: 'POST', body: { session: id } })).body).toEqual({ kicked: [id] })
    expect(await one.closed).toMatchObject({ code: CODES.kicked.close })
    await expectAlive(two)
    await server.core.admin('/kick', { method: 'POST', body: { user: 'alice' } })
    expect(await two.closed).toMatchObject({ code: CODES.kicked.close })
    expect((await server.core.admin('/kick', { method: 'POST', body: { user: 'alice' } })).body).toEqual({ kicked: [] })
    await expectAlive(other)
    expect((await server.core.admin('/kick', { method: 'POST', body: {} })).status).toBe(400)
  })
})
