import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CloseName, CODES } from '../shared/codes.ts'
import { Command } from '../shared/commands.ts'
import { decodeBody, encodeRawFrame } from '../shared/frame.ts'
import { DeviceClass, Direction, Intent } from '../shared/gen/hawser.ts'
import { DOORS, House } from './support/house.ts'
import { bytesOf, malformedVectors } from './support/vectors.ts'
import type { WirePeer } from './support/wire-peer.ts'

let house: House
beforeAll(async () => {
  house = await House.start()
})
afterAll(() => house?.dispose())

let nextUser = 0
const newUser = () => `user-${nextUser++}`
const text = (content: string) => ({ contentType: 'text/plain', content: Buffer.from(content) })
const sendTo = (toUser: string, clientMessageId: string, content = clientMessageId) => ({
  clientMessageId,
  toUser,
  conversationId: '',
  ...text(content),
})
const closeOf = (name: string) => CODES[name as CloseName].close

/** That a connection still works, by a request of its own. */
async function expectAlive(peer: WirePeer): Promise<void> {
  expect((await peer.ask(Command.PING, 4242, {})).command).toBe(Command.PONG)
}

function rssBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}

describe.each(DOORS)('by the %s door', (door) => {
  test.each(DOORS)('a message reaches a user by the %s door, after its ack', async (other) => {
    const [a, b] = [newUser(), newUser()]
    const sender = await house.login(door, a)
    const receiver = await house.login(other, b)
    const ack = decodeBody(Command.SEND_ACK, (await sender.ask(Command.SEND, 2, sendTo(b, 'm1', 'ahoy ⚓'))).body)
    expect(ack).toMatchObject({ conversationId: `dm/${a}/${b}`, seq: 1, durability: 1, duplicate: false })
    const message = await receiver.nextOf(Command.DELIVER)
    expect(message).toMatchObject({
      conversationId: ack.conversationId,
      seq: 1,
      messageId: ack.messageId,
      sender: a,
      clientMessageId: 'm1',
    })
    expect(Buffer.from(message.content).toString()).toBe('ahoy ⚓')
    receiver.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId: message.conversationId, seq: 1 }] })
    expect((await sender.nextOf(Command.EVENT)).receipt).toMatchObject({ userId: b, deliveredSeq: 1 })
  })

  test('sent again it gets the first ack, and nobody sees it twice', async () => {
    const [a, b] = [newUser(), newUser()]
    const sender = await house.login(door, a)
    const receiver = await house.login(door, b)
    const first = decodeBody(Command.SEND_ACK, (await sender.ask(Command.SEND, 2, sendTo(b, 'm1'))).body)
    const again = decodeBody(Command.SEND_ACK, (await sender.ask(Command.SEND, 3, sendTo(b, 'm1'))).body)
    expect(again).toEqual({ ...first, duplicate: true })
    const conflict = await sender.ask(Command.SEND, 4, sendTo(b, 'm1', 'other'))
    expect(decodeBody(Command.ERROR, conflict.body)).toMatchObject({ code: 'message_id_conflict', field: 'client_message_id' })
    await sender.ask(Command.SEND, 5, sendTo(b, 'm2'))
    expect([(await receiver.nextOf(Command.DELIVER)).seq, (await receiver.nextOf(Command.DELIVER)).seq]).toEqual([1, 2])
  })

  test("the sender's other sessions see it too", async () => {
    const [a, b] = [newUser(), newUser()]
    const sender = await house.login(door, a, { instanceId: 'one' })
    const tab = await house.login(door, a, { instanceId: 'two' })
    await sender.ask(Command.SEND, 2, sendTo(b, 'm1'))
    expect(await tab.nextOf(Command.DELIVER)).toMatchObject({ sender: a, clientMessageId: 'm1' })
  })

  test('history, list and read position', async () => {
    const [a, b] = [newUser(), newUser()]
    const sender = await house.login(door, a)
    for (let i = 1; i <= 5; i++) await sender.ask(Command.SEND, 1 + i, sendTo(b, `m${i}`))
    const reader = await house.login(door, b)
    const query = { conversationId: '', withUser: a, direction: Direction.BACKWARD, fromSeq: 0, limit: 2, epoch: 0, digest: 0 }
    const page = decodeBody(Command.SYNC_ACK, (await reader.ask(Command.SYNC, 2, { page: query, list: undefined })).body).page
    expect(page?.messages.map((message) => message.seq)).toEqual([4, 5])
    expect(page).toMatchObject({ more: true, lastSeq: 5 })
    const read = await reader.ask(Command.READ, 3, { conversationId: page?.conversationId ?? '', seq: 3 })
    expect(decodeBody(Command.READ_ACK, read.body).seq).toBe(3)
    expect((await sender.nextOf(Command.EVENT)).receipt).toMatchObject({ userId: b, readSeq: 3 })
    const list = decodeBody(Command.SYNC_ACK, (await reader.ask(Command.SYNC, 4, { page: undefined, list: { cursor: '', limit: 0 } })).body)
    expect(list.list?.conversations).toMatchObject([{ peer: a, lastSeq: 5, readSeq: 3, unread: 2 }])
  })

  test('a login on another device of the class displaces, and tells who', async () => {
    const user = newUser()
    const old = await house.login(door, user, { deviceId: 'old' })
    const desktop = await house.login(door, user, { deviceId: 'desk', deviceClass: DeviceClass.DESKTOP })
    const young = await house.open(door, user)
    const { generation } = await young.login(await house.signer.token(user), { deviceId: 'young', client: 'demo/2' })
    expect(await old.nextOf(Command.KICK)).toMatchObject({ deviceId: 'young', client: 'demo/2', generation })
    expect(await old.closed).toMatchObject({ code: CODES.displaced.close })
    await expectAlive(desktop)
    // L5: by itself it stays out, for its person it is let in.
    const back = await house.open(door, user)
    const fields = { deviceId: 'old', intent: Intent.AUTOMATIC, generation: generation - 1 }
    await expect(back.login(await house.signer.token(user), fields)).rejects.toThrow('4204')
    await house.login(door, user, { deviceId: 'old' })
    expect(await young.closed).toMatchObject({ code: CODES.displaced.close })
  })

  test('the same instance come back replaces its older session', async () => {
    const user = newUser()
    const old = await house.login(door, user, { instanceId: 'tab' })
    const young = await house.login(door, user, { instanceId: 'tab' })
    expect(await old.closed).toMatchObject({ code: CODES.replaced.close })
    await expectAlive(young)
  })

  test('logout closes with logged_out', async () => {
    const peer = await house.login(door, newUser())
    peer.send(Command.LOGOUT, 2, {})
    expect(await peer.closed).toMatchObject({ code: CODES.logged_out.close })
  })

  describe('malformed input costs its sender only', () => {
    let neighbour: WirePeer
    beforeAll(async () => {
      neighbour = await house.login(door, newUser())
    })

    test.each(malformedVectors)('$name: $code', async (vector) => {
      const user = newUser()
      const peer = vector.after === 'login' ? await house.login(door, user) : await house.open(door, user)
      const bytes = bytesOf(vector)
      if (vector.code in CODES && 'close' in CODES[vector.code as keyof typeof CODES]) {
        peer.bytes(bytes)
        expect((await peer.closed).code).toBe(closeOf(vector.code))
      } else {
        const answer = peer.next((frame) => frame.requestId === 77)
        peer.bytes(bytes)
        expect(decodeBody(Command.ERROR, (await answer).body)).toMatchObject({ code: vector.code, field: vector.field ?? '' })
        await expectAlive(peer)
        peer.end()
      }
      await expectAlive(neighbour)
    })

    test('a message of 2 MiB: frame_too_large, and memory as before', async () => {
      await expectAlive(neighbour)
      const before = rssBytes(house.core.pid)
      for (let i = 0; i < 20; i++) {
        const peer = await house.login(door, newUser())
        peer.bytes(encodeRawFrame(Command.SEND, 2, new Uint8Array(2 * 1024 * 1024)))
        expect((await peer.closed).code).toBe(CODES.frame_too_large.close)
      }
      await expectAlive(neighbour)
      expect(rssBytes(house.core.pid) - before).toBeLessThan(48 * 1024 * 1024)
    })
  })

  describe('a token that is', () => {
    const claims = (jwt: SignJWT) => jwt.setSubject('x').setIssuer('hawser').setAudience('hawser').setIssuedAt().setExpirationTime('1h')
    const other = generateKeyPairSync('ed25519').privateKey
    const tokens: [string, CloseName, () => string | Promise<string>][] = [
      ['expired', 'token_expired', () => house.signer.token('x', { expiresIn: '-1m' })],
      ['unsigned', 'token_invalid', () => new UnsecuredJWT({ sub: 'x', exp: 9e9, iss: 'hawser', aud: 'hawser' }).encode()],
      ['signed by another key', 'token_invalid', () => claims(new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' })).sign(other)],
      [
        'signed by HS256 with the public key',
        'token_invalid',
        () => claims(new SignJWT({}).setProtectedHeader({ alg: 'HS256' })).sign(Buffer.from(house.signer.publicPem)),
      ],
      ['of another issuer', 'token_invalid', () => house.signer.token('x', { issuer: 'other' })],
      ['for another audience', 'token_invalid', () => house.signer.token('x', { audience: 'hawser-uplink' })],
      ['of a user with white space', 'token_invalid', () => house.signer.token('x y')],
      ['no JWT', 'token_invalid', () => 'nonsense'],
      ['cut short', 'token_invalid', async () => (await house.signer.token('x')).slice(0, -4)],
    ]

    test.each(tokens)('%s: %s', async (_what, code, make) => {
      const peer = await house.open(door)
      await expect(peer.login(await make())).rejects.toThrow(String(closeOf(code)))
    })
  })
})
