import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, connect } from '../../client/node.ts'
import { House } from '../support/house.ts'

export interface FailoverOptions {
  readonly browsers: number
  readonly shards: number
  /** The core itself comes back after a pause, or another one takes its data over at once. */
  readonly next: { readonly kind: 'same-core'; readonly afterMs: number } | { readonly kind: 'other-core' }
}

export interface FailoverOutcome {
  /** Browsers whose connection was not up all the time. */
  readonly disturbed: readonly string[]
  /** What was delivered otherwise than once and in order, as a sentence each. */
  readonly breaches: readonly string[]
  readonly messages: number
  /** From core-ready to the last browser's session being live again. */
  readonly liveAgainMs: number
  /** From core-ready to the last message shown. */
  readonly caughtUpMs: number
}

const SENDERS = 10
const MESSAGES_EACH = 3

interface Browser {
  readonly user: string
  readonly client: Client
  readonly seen: string[]
  disturbed: boolean
}

/** Kills the core under browsers at the edge while native users send to each, and has a core take over. */
export async function failover({ browsers: count, shards, next }: FailoverOptions): Promise<FailoverOutcome> {
  const house = await House.start({ shards, edge: { CONNECTS_PER_ADDRESS: String(10 * count) } })
  const clients: Client[] = []
  try {
    const browsers = await connectBrowsers(house, count, clients)
    const senders = await connectSenders(house, clients)
    const rounds = { before: sendRound(senders, browsers, 'before') }
    await Promise.all(rounds.before)

    await house.core.stop('SIGKILL')
    const meanwhile = Array.from({ length: MESSAGES_EACH }, (_, i) => sendRound(senders, browsers, `meanwhile ${i}`)).flat()
    if (next.kind === 'same-core') await sleep(next.afterMs)
    // Its name is what makes a core another one.
    else rmSync(join(house.core.data, 'core-id'))
    await house.core.start()
    const readyAt = performance.now()
    const liveAgainMs = await sessionsLive(house, count, readyAt)
    await Promise.all(meanwhile)
    await Promise.all(browsers.map(({ client, seen }) => seenAll(client, seen)))
    return {
      disturbed: browsers.filter(({ disturbed }) => disturbed).map(({ user }) => user),
      breaches: browsers.flatMap(breachesOf),
      messages: browsers.length * (MESSAGES_EACH + 1),
      liveAgainMs,
      caughtUpMs: performance.now() - readyAt,
    }
  } finally {
    await Promise.all(clients.map((client) => client.close()))
    await house.dispose()
  }
}

async function connectBrowsers(house: House, count: number, clients: Client[]): Promise<Browser[]> {
  const browsers: Browser[] = []
  // A few at a time: this machine's handshakes are not what is measured.
  while (browsers.length < count) {
    const batch = Array.from({ length: Math.min(50, count - browsers.length) }, (_, i) => {
      const user = `browser-${browsers.length + i}`
      const client = connect(house.url('edge'), { token: () => house.signer.token(user), deviceId: user })
      clients.push(client)
      const seen: string[] = []
      client.on('message', ({ text }) => seen.push(text ?? ''))
      return { user, client, seen, disturbed: false }
    })
    await Promise.all(batch.map(({ client }) => client.ready()))
    for (const browser of batch) browser.client.on('state', () => (browser.disturbed = true))
    browsers.push(...batch)
  }
  return browsers
}

async function connectSenders(house: House, clients: Client[]): Promise<Client[]> {
  const senders = Array.from({ length: SENDERS }, (_, i) =>
    connect(house.url('tcp'), { token: () => house.signer.token(`native-${i}`), backoff: { baseMs: 50, maxMs: 500 }, receive: false }),
  )
  clients.push(...senders)
  await Promise.all(senders.map((sender) => sender.ready()))
  return senders
}

/** One message to each browser, from the sender that is its own. */
function sendRound(senders: readonly Client[], browsers: readonly Browser[], text: string): Promise<unknown>[] {
  return browsers.map(({ user }, i) => (senders[i % senders.length] as Client).send({ to: user }, text))
}

/** Resolves with the time since `since` when all the browsers' sessions are at the core. */
async function sessionsLive(house: House, count: number, since: number): Promise<number> {
  for (;;) {
    const { body } = await house.core.admin('/sessions?transport=edge&limit=1')
    if ((body as { total: number }).total === count) return performance.now() - since
    await sleep(10)
  }
}

async function seenAll(client: Client, seen: readonly string[]): Promise<void> {
  while (seen.length < MESSAGES_EACH + 1) {
    await new Promise<void>((resolve) => {
      const off = client.on('message', () => {
        off()
        resolve()
      })
    })
  }
}

function breachesOf({ user, seen }: Browser): string[] {
  const due = ['before', ...Array.from({ length: MESSAGES_EACH }, (_, i) => `meanwhile ${i}`)]
  return JSON.stringify(seen) === JSON.stringify(due) ? [] : [`${user} saw ${JSON.stringify(seen)}`]
}
