import { afterAll, beforeAll, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import type { Receipt } from '../../shared/gen/hawser.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import { change } from './fleeting-peer.ts'

let house: House
beforeAll(async () => {
  house = await House.start({ env: { HAWSER_MAX_LOOP_DELAY_MS: '3600000' }, edge: { CONNECTS_PER_ADDRESS: '10000' } })
})
afterAll(() => house?.dispose())

const GROUP = 'group/ours'
const DIRECT = 'dm/alice/bob'
let requestId = 100

async function send(peer: WirePeer, conversationId: string): Promise<number> {
  const body = { clientMessageId: `m${++requestId}`, toUser: '', conversationId, contentType: '', content: Buffer.from('x') }
  return decodeBody(Command.SEND_ACK, (await peer.ask(Command.SEND, requestId, body)).body).seq
}

const ack = (peer: WirePeer, conversationId: string, seq: number) =>
  peer.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId, seq }] })

const read = (peer: WirePeer, conversationId: string, seq: number) => peer.ask(Command.READ, ++requestId, { conversationId, seq })

/** The receipts that come, up to and with the first that matches. */
async function receiptsUpTo(peer: WirePeer, matches: (receipt: Receipt) => boolean): Promise<Receipt[]> {
  const seen: Receipt[] = []
  for (;;) {
    const { receipt } = await peer.nextOf(Command.EVENT)
    if (!receipt) continue
    seen.push(receipt)
    if (matches(receipt)) return seen
  }
}

async function readers(peer: WirePeer, conversationId: string, seq: number) {
  const answer = await peer.ask(Command.QUERY, ++requestId, { readers: { conversationId, seq, cursor: '', limit: 0 } })
  const found = decodeBody(Command.QUERY_ACK, answer.body).readers
  return { readers: found?.readers.map(({ userId }) => userId), counts: [found?.readCount, found?.deliveredCount, found?.memberCount] }
}

async function peerPositions(peer: WirePeer) {
  const answer = await peer.ask(Command.SYNC, ++requestId, { list: { cursor: '', limit: 10 } })
  const { list } = decodeBody(Command.SYNC_ACK, answer.body)
  const direct = list?.conversations.find(({ conversationId }) => conversationId === DIRECT)
  return [direct?.peerDeliveredSeq, direct?.peerReadSeq]
}

test('P2: what has arrived and been read tells neither of two of whom one has blocked the other, by every way to ask', async () => {
  const [alice, bob, carol] = [await house.login('tcp', 'alice'), await house.login('edge', 'bob'), await house.login('tcp', 'carol')]
  const profile = { name: 'g', description: '', avatar: '', attributes: [], members: ['bob', 'carol'] }
  await change(alice, GROUP, { create: profile })
  const before = await send(alice, DIRECT)
  await read(bob, DIRECT, before)
  expect(await receiptsUpTo(alice, ({ readSeq }) => readSeq === before)).toMatchObject([{ userId: 'bob', conversationId: DIRECT }])
  expect(await peerPositions(alice)).toEqual([before, before])

  await change(bob, 'own/bob', { block: { user: 'alice', removed: false } })
  const seq = await send(alice, GROUP)
  // Carol is told of bob, so what alice would be told has gone out by then; carol's own comes to alice after it.
  ack(bob, GROUP, seq)
  await receiptsUpTo(carol, ({ userId, deliveredSeq }) => userId === 'bob' && deliveredSeq === seq)
  await read(bob, GROUP, seq)
  await receiptsUpTo(carol, ({ userId, readSeq }) => userId === 'bob' && readSeq === seq)
  await read(carol, GROUP, seq)
  expect(await receiptsUpTo(alice, ({ userId }) => userId === 'carol')).toMatchObject([{ userId: 'carol', readSeq: seq }])
  expect(await readers(alice, GROUP, seq)).toEqual({ readers: ['carol'], counts: [1, 1, 2] })
  expect(await readers(carol, GROUP, seq)).toEqual({ readers: ['bob', 'carol'], counts: [2, 2, 2] })
  expect(await readers(alice, DIRECT, before)).toEqual({ readers: [], counts: [0, 0, 1] })
  expect(await peerPositions(alice)).toEqual([0, 0])

  // Nor is he told of her whom he has blocked.
  const theirs = await send(carol, GROUP)
  await read(alice, GROUP, theirs)
  await receiptsUpTo(carol, ({ userId, readSeq }) => userId === 'alice' && readSeq === theirs)
  await read(carol, GROUP, theirs)
  const seen = await receiptsUpTo(bob, ({ userId, readSeq }) => userId === 'carol' && readSeq === theirs)
  expect(seen.filter(({ userId, conversationId }) => userId === 'alice' && conversationId === GROUP)).toEqual([])
  expect(await readers(bob, GROUP, theirs)).toMatchObject({ readers: ['carol'].slice(1), counts: [0, 0, 2] })

  await change(bob, 'own/bob', { block: { user: 'alice', removed: true } })
  expect(await peerPositions(alice)).toEqual([before, before])
  const after = await send(alice, DIRECT)
  await read(bob, DIRECT, after)
  expect((await receiptsUpTo(alice, ({ readSeq }) => readSeq === after)).at(-1)).toMatchObject({ userId: 'bob' })
  for (const peer of [alice, bob, carol]) peer.end()
})
