import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { shardIndexOf } from '../../edge/worker/rendezvous.ts'
import { Command } from '../../shared/commands.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'

/** workerd takes a Durable Object out of memory when nothing has happened to it for 10 s; no event tells of it. */
const UNTIL_HIBERNATION_MS = 11_000
const STEPS = ['open', 'logged in', 'sent', 'delivered', 'acknowledged', 'pulled'] as const
type Step = (typeof STEPS)[number]

let house: House
beforeAll(async () => {
  house = await House.start({ shards: STEPS.length, env: { HAWSER_LOGIN_TIMEOUT_MS: '60000', HAWSER_HEARTBEAT_TIMEOUT_MS: '60000' } })
})
afterAll(() => house?.dispose())

const text = (content: Uint8Array) => Buffer.from(content).toString()
const message = (to: string, words: string) => ({
  toUser: to,
  conversationId: '',
  clientMessageId: words,
  contentType: '',
  content: Buffer.from(words),
})

/** A user whose browsers are at that shard. */
function userAt(shard: number): string {
  for (let i = 0; ; i++) if (shardIndexOf(`user-${i}`, STEPS.length) === shard) return `user-${i}`
}

/** Talks with a native user from opening the socket to leaving; `after` is called after each step. */
async function converse(user: string, after: (step: Step) => Promise<void>): Promise<void> {
  const native: WirePeer = await house.login('tcp', `native of ${user}`.replaceAll(' ', '-'))
  const browser = await house.open('edge', user)
  await after('open')
  await browser.login(await house.signer.token(user))
  await after('logged in')
  const sent = await browser.ask(Command.SEND, 2, message(`native-of-${user}`, 'from the browser'))
  expect(sent.command).toBe(Command.SEND_ACK)
  expect(text((await native.nextOf(Command.DELIVER)).content)).toBe('from the browser')
  await after('sent')
  native.send(Command.SEND, 2, message(user, 'to the browser'))
  const { conversationId, seq, content } = await browser.nextOf(Command.DELIVER)
  expect([text(content), seq]).toEqual(['to the browser', 2])
  await after('delivered')
  browser.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId, seq }] })
  await after('acknowledged')
  native.send(Command.SEND, 3, message(user, 'one more'))
  expect(await browser.nextOf(Command.DELIVER)).toMatchObject({ seq: 3 })
  const list = { cursor: '', limit: 0 }
  expect((await browser.ask(Command.SYNC, 4, { page: undefined, list })).command).toBe(Command.SYNC_ACK)
  await after('pulled')
  browser.send(Command.LOGOUT, 5, {})
  expect(await browser.closed).toMatchObject({ code: 4206 })
  native.end()
}

it('a shard that is taken out of memory after any step of a conversation goes on where it was', { timeout: 60_000 }, async () => {
  // One shard for each step, so that they sleep at the same time.
  await Promise.all(
    STEPS.map((evicted, shard) =>
      converse(userAt(shard), async (step) => {
        if (step === evicted) await sleep(UNTIL_HIBERNATION_MS)
      }),
    ),
  )
  const { body } = await house.core.admin('/edge')
  const { uplinks } = body as { uplinks: { wakes: number; browsers: number }[] }
  expect(uplinks.map(({ wakes, browsers }) => ({ wakes, browsers }))).toEqual(STEPS.map(() => ({ wakes: 1, browsers: 0 })))
})
