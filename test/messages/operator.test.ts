import { afterAll, beforeAll, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import type { Member, Message } from '../../shared/gen/hawser.ts'
import { hawser } from '../client/program.ts'
import { WatchedClient } from '../client/watched-client.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'

let house: House
let owner: WatchedClient
let bob: WirePeer
let carol: WirePeer
beforeAll(async () => {
  house = await House.start()
  owner = new WatchedClient(house.url('tcp'), { token: () => house.signer.token('owner') })
  bob = await house.login('tcp', 'bob')
  carol = await house.login('edge', 'carol')
})
afterAll(async () => {
  await owner?.client.close()
  await house?.dispose()
})

let groups = 0
async function group(members: string[] = ['bob', 'carol']): Promise<string> {
  const id = `g${++groups}`
  await owner.client.createGroup({ id, name: 'g', members })
  return id
}

const act = (id: string, what: string, body: unknown = {}) => house.core.admin(`/groups/${id}/${what}`, { method: 'POST', body })

/** The next entry of the operator that somebody hears of in a group. */
async function heard(peer: WirePeer, id: string): Promise<Message> {
  const isIt = (message: Message) => message.conversationId === `group/${id}` && message.sender === ''
  const frame = await peer.next(({ command, body }) => command === Command.DELIVER && isIt(decodeBody(Command.DELIVER, body)))
  return decodeBody(Command.DELIVER, frame.body)
}

let requestId = 10
async function roles(peer: WirePeer, id: string): Promise<Record<string, number>> {
  const body = { members: { conversationId: `group/${id}`, cursor: '', limit: 0 } }
  const answer = decodeBody(Command.QUERY_ACK, (await peer.ask(Command.QUERY, ++requestId, body)).body)
  return Object.fromEntries((answer.members?.members ?? []).map(({ userId, role }: Member) => [userId, role]))
}

test('a group is handed over, also to one who is no member yet, and everybody hears of it by every door', async () => {
  const id = await group()
  expect((await act(id, 'transfer', { user: 'carol' })).body).toMatchObject({ conversationId: `group/${id}`, seq: 2, duplicate: false })
  for (const peer of [bob, carol]) expect((await heard(peer, id)).change?.transfer?.user).toBe('carol')
  expect(await roles(bob, id)).toEqual({ owner: 2, bob: 1, carol: 3 })
  expect((await act(id, 'transfer', { user: 'dave' })).status).toBe(200)
  expect((await heard(bob, id)).change?.add?.users).toEqual(['dave'])
  expect((await heard(bob, id)).change?.transfer?.user).toBe('dave')
  expect(await roles(bob, id)).toEqual({ owner: 2, bob: 1, carol: 2, dave: 3 })
})

test('members are added and removed, whatever keeps others from it', async () => {
  const id = await group(['bob'])
  await owner.client.conversation(`group/${id}`).ban(['carol'])
  expect((await act(id, 'add', { users: ['carol', 'erin'] })).status).toBe(200)
  for (const peer of [bob, carol]) expect((await heard(peer, id)).change?.add?.users).toEqual(['carol', 'erin'])
  expect((await act(id, 'remove', { users: ['erin', 'bob'] })).status).toBe(200)
  expect((await heard(bob, id)).change?.remove?.users).toEqual(['erin', 'bob'])
  expect(await roles(carol, id)).toEqual({ owner: 3, carol: 1 })
})

test('a group whose owner is banned, and was never there again, is ended by the command line', async () => {
  const id = await group()
  expect((await act(id, 'transfer', { user: 'gone' })).status).toBe(200)
  await house.core.admin('/bans', { method: 'POST', body: { subject: 'user:gone', seconds: 60 } })
  for (const change of ['add', 'transfer'] as const) expect((await heard(bob, id)).change?.[change]).toBeDefined()
  const admin = ['--admin', house.core.adminUrl, '--data', house.core.data]
  const { status, stdout } = await hawser('operate', 'dissolve', id, ...admin)
  expect([status, JSON.parse(stdout)]).toMatchObject([0, { conversationId: `group/${id}`, seq: 4 }])
  expect((await heard(bob, id)).change?.dissolve).toBeDefined()
  expect(await act(id, 'add', { users: ['frank'] })).toMatchObject({ status: 409, body: { error: 'The group is dissolved.' } })
})

test('under the same id it is done once', async () => {
  const id = await group()
  const first = await act(id, 'add', { users: ['frank'], id: 'one' })
  expect((await act(id, 'add', { users: ['frank'], id: 'one' })).body).toEqual({ ...(first.body as object), duplicate: true })
  expect((await act(id, 'add', { users: ['gina'], id: 'one' })).status).toBe(409)
})

test('what cannot be is refused in words', async () => {
  const id = await group()
  await house.core.admin('/bans', { method: 'POST', body: { subject: 'user:mallory', seconds: 60 } })
  const cases: [group: string, what: string, body: unknown, status: number][] = [
    ['nowhere', 'dissolve', {}, 404],
    ['a b', 'dissolve', {}, 400],
    [id, 'transfer', { user: 'a b' }, 400],
    [id, 'transfer', { user: 'mallory' }, 409],
    [id, 'transfer', {}, 400],
    [id, 'transfer', { user: 'owner' }, 409],
    [id, 'remove', { users: ['nobody'] }, 400],
    [id, 'remove', { users: ['owner'] }, 409],
    [id, 'add', { users: [] }, 400],
    [id, 'add', { users: ['bob'] }, 400],
    [id, 'add', { users: ['x'], id: '' }, 400],
    [id, 'kick', {}, 404],
  ]
  for (const [group, what, body, status] of cases) {
    const answer = (await act(encodeURIComponent(group), what, body)) as { status: number; body: { error: string } }
    expect([answer.status, typeof answer.body.error], `${group} ${what} ${JSON.stringify(body)}`).toEqual([status, 'string'])
  }
  const answer = await fetch(`${house.core.adminUrl}/groups/${id}/dissolve`, { method: 'POST', body: '{}' })
  expect(answer.status).toBe(401)
})

test('no user can be the operator, and the log agrees with itself', async () => {
  const peer = await house.open('tcp')
  await expect(peer.login(await house.signer.token(''))).rejects.toThrow()
  expect((await house.core.admin('/verify', { method: 'POST' })).body).toMatchObject({ findings: [] })
})
