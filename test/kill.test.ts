import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, connect } from '../client/node.ts'
import { breaches, type Entry } from './support/history.ts'
import { type DoorName, House } from './support/house.ts'

const CLIENTS = 20
const MESSAGES = 5000
const ROUNDS = 10
/** Messages that a client has under way at a time. */
const WINDOW = 10

let house: House
beforeAll(async () => {
  house = await House.start()
})
afterAll(() => house?.dispose())

interface Member {
  readonly user: string
  readonly peer: string
  readonly client: Client
}

/** Ten pairs; in each one partner is on TCP, and the other on TCP or at the edge. */
function members(received: Map<string, Entry[]>, round: number): Member[] {
  return Array.from({ length: CLIENTS }, (_, i) => {
    const user = `r${round}-u${i}`
    const door: DoorName = i % 2 === 1 && i % 4 === 3 ? 'tcp' : i % 2 === 1 ? 'edge' : i % 8 === 0 ? 'edge' : 'tcp'
    const client = connect(house.url(door), {
      token: () => house.signer.token(user),
      deviceId: user,
      backoff: { baseMs: 20, maxMs: 300 },
      requestTimeoutMs: 3000,
    })
    const seen: Entry[] = []
    received.set(user, seen)
    client.on('message', ({ conversationId, seq, from, clientMessageId }) => seen.push({ conversationId, seq, from, clientMessageId }))
    return { user, peer: `r${round}-u${i ^ 1}`, client }
  })
}

async function readLog(client: Client, peer: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let after = 0; ; ) {
    const page = await client.history({ with: peer }, { after, limit: 200 })
    for (const { conversationId, seq, from, clientMessageId } of page.messages) entries.push({ conversationId, seq, from, clientMessageId })
    after = entries.at(-1)?.seq ?? 0
    if (!page.more) return entries
  }
}

test.for(Array.from({ length: ROUNDS }, (_, i) => i + 1))(
  'round %i: the core is killed under load, and nothing acknowledged is lost, doubled or swapped',
  { timeout: 60_000 },
  async (round) => {
    const received = new Map<string, Entry[]>()
    const all = members(received, round)
    await Promise.all(all.map(({ client }) => client.ready()))

    const killAfter = Math.floor(MESSAGES * (0.1 + 0.8 * Math.random()))
    const kill = Promise.withResolvers<void>()
    const acked: Entry[] = []
    const lane = async ({ user, peer, client }: Member, lane: number): Promise<void> => {
      for (let i = 0; i < MESSAGES / CLIENTS / WINDOW; i++) {
        const { conversationId, seq, clientMessageId } = await client.send({ to: peer }, `message ${lane}.${i} of ${user}`)
        acked.push({ conversationId, seq, from: user, clientMessageId })
        if (acked.length === killAfter) kill.resolve()
      }
    }
    const sent = Promise.all(all.flatMap((member) => Array.from({ length: WINDOW }, (_, i) => lane(member, i))))
    await kill.promise
    await house.core.stop('SIGKILL')
    expect(acked.length, 'the kill came while messages were under way').toBeLessThan(MESSAGES)
    await house.core.start()
    await sent

    const log = new Map<string, Entry[]>()
    const watchers = new Map<string, { client: string; user: string }[]>()
    for (const { user, peer, client } of all) {
      const entries = await readLog(client, peer)
      const conversationId = entries[0]?.conversationId as string
      log.set(conversationId, entries)
      watchers.set(conversationId, [...(watchers.get(conversationId) ?? []), { client: user, user }])
    }
    // Deliveries come after the acks; wait until each has as many as its partner sent.
    await Promise.all(
      all.map(async ({ user, client }) => {
        const seen = received.get(user) as Entry[]
        while (seen.length < MESSAGES / CLIENTS) await new Promise<void>((resolve) => void client.on('message', () => resolve()))
      }),
    )
    expect(breaches({ acked, received, log, members: watchers })).toEqual([])
    await Promise.all(all.map(({ client }) => client.close()))
  },
)
