import { afterAll, beforeAll, expect, it } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'

let house: House
beforeAll(async () => {
  house = await House.start()
})
afterAll(() => house?.dispose())

async function loginFor(user: string, expiresIn: string) {
  const peer = await house.open('edge', user)
  return { peer, ack: await peer.login(await house.signer.token(user, { expiresIn }), { deviceId: `${user}-${expiresIn}` }) }
}

async function renew(peer: WirePeer, user: string) {
  const login = {
    deviceId: 'd',
    deviceClass: DeviceClass.PHONE,
    instanceId: '',
    intent: Intent.PERSON,
    generation: 0,
    client: '',
    ticket: '',
  }
  return peer.ask(Command.LOGIN, 7, { token: await house.signer.token(user), ...login })
}

it('a session at the edge ends with its token, and one that handed in a fresh token goes on', async () => {
  const { peer: alice } = await loginFor('alice', '3s')
  const { peer: bob, ack } = await loginFor('bob', '3s')
  const renewed = await renew(bob, 'bob')
  expect(decodeBody(Command.LOGIN_ACK, renewed.body)).toMatchObject({ sessionId: ack.sessionId, generation: ack.generation })

  expect(await alice.closed).toMatchObject({ code: CODES.token_expired.close })
  expect((await bob.ask(Command.PING, 8, {})).command).toBe(Command.PONG)

  // The session is announced with the fresh ticket: the old one would not be accepted any more.
  await house.core.stop('SIGKILL')
  await house.core.start()
  await bob.nextOf(Command.GAP)
  expect((await bob.ask(Command.PING, 9, {})).command).toBe(Command.PONG)
  bob.end()
})

it("another user's token renews nothing", async () => {
  const { peer: alice } = await loginFor('alice', '1h')
  const refused = await renew(alice, 'mallory')
  expect(decodeBody(Command.ERROR, refused.body)).toMatchObject({ code: 'already_logged_in', field: 'token' })
  expect((await alice.ask(Command.PING, 8, {})).command).toBe(Command.PONG)
})
