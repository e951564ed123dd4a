import { randomBytes, randomInt } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ChatMessage, type Client, connect } from '../../client/node.ts'
import { breaches, type Entry } from '../support/history.ts'
import { House } from '../support/house.ts'

const PAIRS = 6
const LANES = 8
const MESSAGES = 25
const MAX_BYTES = 48 * 1024

let house: House
beforeAll(async () => {
  house = await House.start({ shards: 2 })
})
afterAll(() => house?.dispose())

const entryOf = ({ conversationId, seq, from, clientMessageId }: ChatMessage): Entry => ({ conversationId, seq, from, clientMessageId })

it('browsers that all talk at once, in messages of any size, see every message once and in order', { timeout: 60_000 }, async () => {
  const received = new Map<string, Entry[]>()
  const clients = Array.from({ length: 2 * PAIRS }, (_, i) => {
    const user = `user-${i}`
    const client: Client = connect(house.url('edge'), { token: () => house.signer.token(user), deviceId: user })
    const seen: Entry[] = []
    received.set(user, seen)
    client.on('message', (message) => seen.push(entryOf(message)))
    return { user, peer: `user-${i ^ 1}`, client, seen }
  })
  await Promise.all(clients.map(({ client }) => client.ready()))
  const acked: Entry[] = []
  const lane = async ({ user, peer, client }: (typeof clients)[0]) => {
    for (let i = 0; i < MESSAGES; i++) {
      // Mostly short, now and then as long as a message may be.
      const content = randomBytes(randomInt(8) === 0 ? randomInt(MAX_BYTES) : randomInt(200))
      const { conversationId, seq, clientMessageId } = await client.send({ to: peer }, { contentType: 'application/octet-stream', content })
      acked.push({ conversationId, seq, from: user, clientMessageId })
    }
  }
  await Promise.all(clients.flatMap((member) => Array.from({ length: LANES }, () => lane(member))))
  for (const { client, seen } of clients) {
    while (seen.length < LANES * MESSAGES) await new Promise<void>((resolve) => void client.on('message', () => resolve()))
  }
  const log = new Map<string, Entry[]>()
  const members = new Map<string, { client: string; user: string }[]>()
  for (const { user, peer, client } of clients) {
    const entries: Entry[] = []
    for (let more = true; more; ) {
      const page = await client.history({ with: peer }, { after: entries.length, limit: 200 })
      entries.push(...page.messages.map(entryOf))
      more = page.more
    }
    const conversationId = entries[0]?.conversationId as string
    log.set(conversationId, entries)
    members.set(conversationId, [...(members.get(conversationId) ?? []), { client: user, user }])
  }
  expect(breaches({ acked, received, log, members })).toEqual([])
  await Promise.all(clients.map(({ client }) => client.close()))
})
