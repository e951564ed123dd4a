import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CODES } from '../shared/codes.ts'
import { Command } from '../shared/commands.ts'
import { DeviceClass, Intent } from '../shared/gen/hawser.ts'
import { EndedTickets } from '../tcp-core/sessions/ended-tickets.ts'
import { TicketBox } from '../tcp-core/sessions/ticket.ts'
import { DOORS, House } from './support/house.ts'
import type { WirePeer } from './support/wire-peer.ts'

let house: House
beforeAll(async () => {
  house = await House.start()
})
afterAll(() => house?.dispose())

let nextUser = 0
const newUser = () => `resumer-${nextUser++}`
const automatic = { intent: Intent.AUTOMATIC }

describe.each(DOORS)('L8: a session begun by the %s door', (door) => {
  test.each(DOORS)('goes on by the %s door, without a token', async (other) => {
    const user = newUser()
    const first = await house.open(door, user)
    const begun = await first.login(await house.signer.token(user))
    expect(begun).toMatchObject({ resumed: false, resumeRefusal: '' })
    first.end()
    const again = await house.open(other, user)
    const resumed = await again.login('', { ticket: begun.ticket, generation: begun.generation, ...automatic })
    expect(resumed).toMatchObject({ resumed: true, sessionId: begun.sessionId, generation: begun.generation, userId: user })
    expect((await again.ask(Command.PING, 5, {})).command).toBe(Command.PONG)
  })
})

test('the older connection of the session ends as replaced', async () => {
  const user = newUser()
  const first = await house.open('tcp', user)
  const { ticket } = await first.login(await house.signer.token(user))
  const again = await house.open('ws', user)
  await again.login('', { ticket, ...automatic })
  expect((await first.closed).code).toBe(CODES.replaced.close)
})

test.each([
  ['that was tampered with', 'token_invalid', (ticket: string) => `${ticket.slice(0, -1)}${ticket.endsWith('A') ? 'Q' : 'A'}`],
  ['of a key that is not in use', 'token_expired', () => sealed({ key: 'other' })],
  ['past its expiry', 'token_expired', () => sealed({ expiresAt: Date.now() - 1 })],
] as const)('a ticket %s is refused as %s, and the token begins a new session', async (_what, refusal, make) => {
  const user = newUser()
  const first = await house.open('tcp', user)
  const begun = await first.login(await house.signer.token(user))
  const ticket = make(begun.ticket)
  const second = await house.open('tcp', user)
  const answer = await second.login(await house.signer.token(user), { ticket, ...automatic })
  expect(answer).toMatchObject({ resumed: false, resumeRefusal: refusal })
  expect(answer.sessionId).not.toBe(begun.sessionId)
  const third = await house.open('tcp', user)
  await expect(third.login('', { ticket, ...automatic })).rejects.toThrow(String(CODES[refusal].close))
})

test('a ticket is for the device and the instance that it was given to', async () => {
  const user = newUser()
  const first = await house.open('tcp', user)
  const { ticket } = await first.login(await house.signer.token(user), { deviceId: 'mine', instanceId: 'one' })
  for (const other of [
    { deviceId: 'yours', instanceId: 'one' },
    { deviceId: 'mine', instanceId: 'two' },
  ]) {
    const thief = await house.open('tcp', user)
    await expect(thief.login('', { ticket, ...other, ...automatic })).rejects.toThrow(String(CODES.token_invalid.close))
  }
})

test('a displaced client cannot go on by itself with its ticket; its person gets a new session', async () => {
  const user = newUser()
  const old = await house.open('tcp', user)
  const { ticket, generation, sessionId } = await old.login(await house.signer.token(user), { deviceId: 'old' })
  await house.login('tcp', user, { deviceId: 'young' })
  await old.closed
  const fields = { deviceId: 'old', ticket, generation }
  const alone = await house.open('tcp', user)
  await expect(alone.login(await house.signer.token(user), { ...fields, ...automatic })).rejects.toThrow(String(CODES.displaced.close))
  const asked = await house.open('tcp', user)
  const answer = await asked.login(await house.signer.token(user), { ...fields, intent: Intent.PERSON })
  expect(answer).toMatchObject({ resumed: false, resumeRefusal: 'token_expired' })
  expect(answer.sessionId).not.toBe(sessionId)
})

describe.each(DOORS)('L8: by the %s door the ticket of a session', (door) => {
  const admin = (path: string, body: object) => house.core.admin(path, { method: 'POST', body })
  test.each<[string, (peer: WirePeer, user: string, sessionId: string) => unknown]>([
    ['that was logged out', (peer) => peer.send(Command.LOGOUT, 2, {})],
    ['that an operator kicked', (_peer, _user, session) => admin('/kick', { session })],
    ['whose user an operator kicked', (_peer, user) => admin('/kick', { user })],
    ['whose user was banned', (_peer, user) => admin('/bans', { subject: `user:${user}`, seconds: 1 })],
    ['that was displaced', (_peer, user) => house.login(door, user, { deviceId: 'another' })],
  ])('%s is over, and those of the sessions that go on hold', async (what, end) => {
    const user = newUser()
    const desk = { deviceId: 'desk', deviceClass: DeviceClass.DESKTOP }
    const other = what.startsWith('whose') ? undefined : await house.login('edge', user, desk)
    const peer = await house.open(door, user)
    const { ticket, sessionId } = await peer.login(await house.signer.token(user))
    await end(peer, user, sessionId)
    await peer.closed
    if (what.endsWith('banned')) await house.core.admin(`/bans/${encodeURIComponent(`user:${user}`)}`, { method: 'DELETE' })
    const refused = async () => {
      const thief = await house.open(door, user)
      await expect(thief.login('', { ticket, ...automatic })).rejects.toThrow(String(CODES.token_expired.close))
    }
    await refused()
    // The core forgets nothing of it when it is killed; what goes on at the edge is announced with a new ticket.
    if (door !== 'edge') return
    await house.core.stop('SIGKILL')
    await house.core.start()
    await other?.nextOf(Command.GAP)
    await refused()
    other?.end()
  })
})

function sealed({ key, expiresAt = Date.now() + 60_000 }: { key?: string; expiresAt?: number }): string {
  const device = { id: 'device', class: DeviceClass.PHONE, instanceId: '', client: 'test' }
  const box = new TicketBox({
    key: key === undefined ? house.core.ticketKey() : Buffer.from(key),
    lifeMs: 86_400_000,
    ended: new EndedTickets(86_400_000),
    acceptsTokenKey: () => true,
  })
  return box.seal(
    { sessionId: randomUUID(), userId: 'somebody', device, generation: 1, expiresAt, keyName: '', since: Date.now() },
    Date.now(),
  )
}
