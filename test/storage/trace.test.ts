import { afterAll, beforeAll, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { Direction } from '../../shared/gen/hawser.ts'
import { Trace } from '../../tcp-core/delivery/trace.ts'
import type { TracedSession } from '../../tcp-core/sessions/traced-session.ts'
import { systemClock } from '../../tcp-core/time/clock.ts'
import { Program } from '../client/program.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'

let house: House
beforeAll(async () => {
  house = await House.start()
})
afterAll(() => house?.dispose())

const CONVERSATION = 'dm/alice/bob'

interface Story {
  readonly storedAt?: string
  readonly members: readonly {
    readonly user: string
    readonly sender: boolean
    readonly offline: boolean
    readonly delivered: boolean
    readonly sessions: readonly Record<string, string>[]
  }[]
}

async function send(peer: WirePeer, clientMessageId: string): Promise<{ messageId: string; seq: number }> {
  const body = { clientMessageId, toUser: 'bob', conversationId: '', contentType: '', content: Buffer.from('hello') }
  return decodeBody(Command.SEND_ACK, (await peer.ask(Command.SEND, 2, body)).body)
}

const story = async (messageId: string) => (await house.core.admin(`/trace/${messageId}`)).body as Story
const sessionsOf = (told: Story, user: string) => told.members.find((member) => member.user === user)?.sessions ?? []

/** PONG comes after all that was read before it. */
async function settled(peer: WirePeer): Promise<void> {
  await peer.ask(Command.PING, 99, {})
}

test('the life of a message: pushed, acknowledged, held back and pulled, closed before it acknowledged, offline', async () => {
  const alice = await house.login('tcp', 'alice')
  const before = await send(alice, 'nobody-there')
  const browser = await house.login('edge', 'bob', { deviceId: 'browser', instanceId: 'tab' })
  const phone = await house.login('tcp', 'bob', { deviceId: 'browser', instanceId: 'app' })
  const slow = await house.login('ws', 'bob', { deviceId: 'browser', instanceId: 'slow' })

  const first = await send(alice, 'first')
  for (const peer of [browser, phone, slow]) await peer.nextOf(Command.DELIVER)
  browser.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId: CONVERSATION, seq: first.seq }] })
  await settled(browser)
  const closed = phone.closed
  phone.send(Command.LOGOUT, 0, {})
  await closed

  const told = await story(first.messageId)
  expect(told.storedAt).toBeDefined()
  expect(told.members.map(({ user, sender, offline, sessions }) => [user, sender, offline, sessions.length])).toEqual([
    ['alice', true, false, 0],
    ['bob', false, false, 3],
  ])
  const by = Object.fromEntries(sessionsOf(told, 'bob').map((passage) => [passage.transport, passage]))
  expect(by.edge).toMatchObject({ device: 'browser', pushedAt: expect.any(String), acknowledgedAt: expect.any(String) })
  expect(by.tcp).toMatchObject({ pushedAt: expect.any(String), endReason: 'logged_out' })
  expect([by.tcp?.acknowledgedAt, by.ws?.acknowledgedAt, by.ws?.endReason]).toEqual([undefined, undefined, undefined])

  const offline = await story(before.messageId)
  expect(offline.members.find(({ user }) => user === 'bob')).toMatchObject({ offline: true, sessions: [] })

  // 256 unacknowledged messages are the slow one's window (R4).
  for (let i = 1; i < 256; i++) await send(alice, `fill-${i}`)
  const held = await send(alice, 'past the window')
  await slow.nextOf(Command.GAP)
  const query = {
    conversationId: CONVERSATION,
    withUser: '',
    direction: Direction.FORWARD,
    fromSeq: held.seq - 5,
    limit: 200,
    epoch: 0,
    digest: 0,
  }
  await slow.ask(Command.SYNC, 5, { page: query, list: undefined })
  const passage = sessionsOf(await story(held.messageId), 'bob').find(({ transport }) => transport === 'ws')
  expect(passage).toMatchObject({ heldBackAt: expect.any(String), pulledAt: expect.any(String) })
  expect(passage?.pushedAt).toBeUndefined()
  slow.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId: CONVERSATION, seq: held.seq }] })
  await settled(slow)

  const program = new Program(['trace', first.messageId, '--admin', house.core.adminUrl, '--data', house.core.data])
  const { status, stdout, stderr } = await program.ended
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(
    new RegExp(`^${first.messageId}: seq ${first.seq} of ${CONVERSATION}, 5 bytes of text/plain from alice \\(first\\)$`, 'm'),
  )
  expect(stdout).toMatch(/^bob: delivered$/m)
  expect(stdout).toMatch(/browser by tcp: pushed \+\d+ ms; not acknowledged; session ended \+\d+ ms: logged_out \[/)
  expect((await house.core.admin('/trace/none-such')).status).toBe(404)
})

test('memory is bounded: by events, and by the length of the names', () => {
  const session: TracedSession = { session: 's', user: 'bob', device: 'd', transport: 'tcp', ended: undefined }
  const trace = new Trace(systemClock, 1000)
  for (let seq = 1; seq <= 5000; seq++) trace.admitted(session, CONVERSATION, seq, 'push')
  expect(trace.count).toBe(1000)
  expect(trace.of(CONVERSATION, 4000).passages).toEqual([])
  expect(trace.of(CONVERSATION, 4001).passages.length).toBe(1)
  const long = new Trace(systemClock)
  for (let seq = 1; seq <= 60_000; seq++) long.stored('x'.repeat(700), seq)
  expect(long.count).toBeLessThan(6000)
  expect(long.of('x'.repeat(700), 60_000).storedAt).toBeDefined()
})
