import { afterAll, beforeAll, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { LoneCore, OWN_DOORS } from '../support/lone-core.ts'
import { SettableDate } from '../support/settable-date.ts'
import type { WirePeer } from '../support/wire-peer.ts'

/** What test/core/set-date.test.ts shows for each part, shown of a whole core in a process of its own, whose date really is set. */
const LOGIN_TIMEOUT_MS = 1000
const HEARTBEAT_TIMEOUT_MS = 1500
const SLACK_MS = 3000
const DAY_MS = 86_400_000
/** The alarm of what is due looks at the date so often. */
const LOOK_MS = 10_000

const date = new SettableDate()
let server: LoneCore
let token: string
const healthy: WirePeer[] = []
let beat: NodeJS.Timeout
beforeAll(async () => {
  server = await LoneCore.start({
    ...date.env,
    HAWSER_LOGIN_TIMEOUT_MS: String(LOGIN_TIMEOUT_MS),
    HAWSER_HEARTBEAT_TIMEOUT_MS: String(HEARTBEAT_TIMEOUT_MS),
  })
  token = await server.signer.token('alice', { expiresIn: '100d' })
  for (let i = 0; i < 20; i++) {
    const peer = await server.open(OWN_DOORS[i % OWN_DOORS.length] as 'tcp')
    await peer.login(token, { instanceId: `healthy ${i}` })
    healthy.push(peer)
  }
  beat = setInterval(() => {
    for (const peer of healthy) peer.send(Command.PING, 0, {})
  }, 300)
})
afterAll(async () => {
  clearInterval(beat)
  await server?.dispose()
  date.dispose()
})

const until = async (closed: Promise<{ code: number }>, code: number, ms: number): Promise<void> => {
  const start = performance.now()
  expect(await closed).toMatchObject({ code })
  expect(performance.now() - start).toBeLessThan(ms + SLACK_MS)
}
const send = { toUser: 'bob', conversationId: '', contentType: '', content: Buffer.from('x') }

test.each([
  ['40 days back', -40 * DAY_MS],
  ['3 minutes on', 180_000],
])('set %s: sessions that are well live, others end in their time, messages come by the date', { timeout: 40_000 }, async (name, ahead) => {
  await date.set(0)
  const bob = await server.open('tcp')
  const { serverTime } = await bob.login(await server.signer.token('bob', { expiresIn: '100d' }))
  const heart = setInterval(() => bob.send(Command.PING, 0, {}), 300)
  const writer = healthy[0] as WirePeer
  const schedule = async (what: string, sendAt: number) => {
    const answer = await writer.ask(Command.SEND, 7, { ...send, clientMessageId: `${what} ${name}`, sendAt })
    expect(decodeBody(Command.SEND_ACK, answer.body).scheduledFor).toBe(sendAt)
  }
  const delivered = async (what: string) => {
    const { clientMessageId, sentAt } = await bob.nextOf(Command.DELIVER)
    expect(clientMessageId).toBe(`${what} ${name}`)
    return sentAt
  }
  // Due at a date that the step either passes, or puts off.
  const putOff = Math.max(ahead, 0) === 0
  await schedule('before', serverTime + (putOff ? 4000 : 60_000))
  const silent = await server.open('tcp')
  await silent.login(token, { instanceId: 'silent' })
  const unknown = await server.open('tcp')
  await date.set(ahead)
  await Promise.all([
    until(unknown.closed, CODES.login_timeout.close, LOGIN_TIMEOUT_MS),
    until(silent.closed, CODES.heartbeat_timeout.close, HEARTBEAT_TIMEOUT_MS),
  ])
  if (putOff) {
    // By the date that it is now, it is far off; a new one is due by the same date.
    await schedule('after', Date.now() + ahead + 1500)
    expect(Math.abs((await delivered('after')) - (Date.now() + ahead))).toBeLessThan(SLACK_MS)
    await date.set(0)
  }
  const start = performance.now()
  expect(await delivered('before')).toBeGreaterThanOrEqual(serverTime)
  expect(performance.now() - start).toBeLessThan(LOOK_MS + SLACK_MS)
  for (const peer of healthy) expect((await peer.ask(Command.PING, 9, {})).command).toBe(Command.PONG)
  clearInterval(heart)
  bob.end()
})
