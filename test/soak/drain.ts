import { parseArgs } from 'node:util'
import { type Client, connect } from '../../client/node.ts'
import { breaches, type Entry } from '../support/history.ts'
import { LoneCore } from '../support/lone-core.ts'

export interface DrainOptions {
  readonly clients: number
  /** Messages that each client sends before the core is stopped, at the least, and after it is back. */
  readonly before: number
  readonly after: number
  /** When the first may come back, and over which time after that all do. */
  readonly returnMs: number
  readonly spreadMs: number
}

export interface DrainReport {
  readonly breaches: string[]
  readonly acked: number
  /** Milliseconds. */
  readonly loginMs: number
  readonly stopMs: number
  readonly startMs: number
  /** From when a client was sent away until it was online again, in ascending order. */
  readonly awayMs: readonly number[]
  /** By how much the last one was back before the spread was over; negative if it was late. */
  readonly spareMs: number
  /** Logins that the core, when it was back, asked to come back later. */
  readonly toldToWait: number
  readonly exitStatus: number | null
  readonly totalMs: number
}

interface Member {
  readonly user: string
  readonly peer: string
  readonly client: Client
  sent: number
}

/** Of the clients that come back before the core does. */
const BACKOFF = { baseMs: 250, maxMs: 1000 }

/**
 * Clients in pairs that send to each other without a pause while the core is stopped by
 * SIGTERM and started again at once. Says what was lost, doubled or swapped: nothing should be.
 */
export async function drainUnderLoad({ clients, before, after, returnMs, spreadMs }: DrainOptions): Promise<DrainReport> {
  const begin = performance.now()
  const server = await LoneCore.start({ HAWSER_DRAIN_RETURN_MS: String(returnMs), HAWSER_DRAIN_SPREAD_MS: String(spreadMs) })
  try {
    const received = new Map<string, Entry[]>()
    const members = Array.from({ length: clients }, (_, i) => join(server, `u${i}`, `u${i ^ 1}`, received))
    await Promise.all(members.map(({ client }) => client.ready()))
    const loginMs = performance.now() - begin

    const acked: Entry[] = []
    const underLoad = Promise.withResolvers<void>()
    let enough = Number.POSITIVE_INFINITY
    const lanes = members.map(async (member) => {
      while (member.sent < enough) {
        const text = `message ${member.sent++} of ${member.user}`
        const { conversationId, seq, clientMessageId } = await member.client.send({ to: member.peer }, text)
        acked.push({ conversationId, seq, from: member.user, clientMessageId })
        if (acked.length === clients * before) underLoad.resolve()
      }
    })
    await underLoad.promise

    const termAt = performance.now()
    const back = members.map(({ client }) => timeAway(client))
    const exitStatus = await server.core.stop('SIGTERM')
    const stopMs = performance.now() - termAt
    await server.core.start()
    const startMs = performance.now() - termAt - stopMs
    const awayMs = (await Promise.all(back)).toSorted((a, b) => a - b)
    const toldToWait = await server.core.metric('hawser_closes_before_login_total', { code: 'overloaded' })
    enough = Math.max(...members.map(({ sent }) => sent)) + after
    await Promise.all(lanes)

    const log = new Map<string, Entry[]>()
    const watchers = new Map<string, { client: string; user: string }[]>()
    for (const member of members) {
      const entries = await readLog(member.client, member.peer)
      const conversationId = entries[0]?.conversationId as string
      log.set(conversationId, entries)
      watchers.set(conversationId, [...(watchers.get(conversationId) ?? []), { client: member.user, user: member.user }])
      await hasSeen(member.client, received.get(member.user) as Entry[], entries.filter(({ from }) => from === member.peer).length)
    }
    const found = breaches({ acked, received, log, members: watchers })
    await Promise.all(members.map(({ client }) => client.close()))
    return {
      breaches: found,
      acked: acked.length,
      loginMs,
      stopMs,
      startMs,
      awayMs,
      spareMs: returnMs + spreadMs - Math.max(...awayMs),
      toldToWait,
      exitStatus,
      totalMs: performance.now() - begin,
    }
  } finally {
    await server.dispose()
  }
}

function join(server: LoneCore, user: string, peer: string, received: Map<string, Entry[]>): Member {
  const client = connect(`tcp://${server.core.tcp}`, {
    token: () => server.signer.token(user),
    deviceId: user,
    backoff: BACKOFF,
    requestTimeoutMs: 20_000,
  })
  const seen: Entry[] = []
  received.set(user, seen)
  client.on('message', ({ conversationId, seq, from, clientMessageId }) => seen.push({ conversationId, seq, from, clientMessageId }))
  return { user, peer, client, sent: 0 }
}

/** Resolves, when the client is online again, to the milliseconds since it lost its connection. */
function timeAway(client: Client): Promise<number> {
  return new Promise((resolve) => {
    let since: number | undefined
    const off = client.on('state', (state) => {
      if (state === 'waiting') since ??= performance.now()
      if (since === undefined || state !== 'online') return
      off()
      resolve(performance.now() - since)
    })
  })
}

/** Deliveries come after the acks. */
async function hasSeen(client: Client, seen: readonly Entry[], count: number): Promise<void> {
  while (seen.length < count) await new Promise<void>((resolve) => void client.on('message', () => resolve()))
}

async function readLog(client: Client, peer: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let more = true; more; ) {
    const page = await client.history({ with: peer }, { after: entries.at(-1)?.seq ?? 0, limit: 200 })
    for (const { conversationId, seq, from, clientMessageId } of page.messages) entries.push({ conversationId, seq, from, clientMessageId })
    more = page.more
  }
  return entries
}

/** In words. */
export function describeDrain(report: DrainReport): string {
  const { awayMs, spareMs, acked, loginMs, stopMs, startMs, toldToWait, totalMs } = report
  const at = (share: number) => ((awayMs[Math.ceil(share * awayMs.length) - 1] ?? 0) / 1000).toFixed(2)
  const s = (ms: number) => (ms / 1000).toFixed(2)
  return [
    `${awayMs.length} clients online after ${s(loginMs)} s, ${acked} messages acknowledged in all`,
    `core gone ${s(stopMs)} s after SIGTERM (status ${report.exitStatus}), ready again ${s(startMs)} s later`,
    `clients away for ${at(0.01)} s (first), ${at(0.5)} s (half), ${at(0.95)} s (95%), ${at(1)} s (all); ${toldToWait} logins were told to wait`,
    `the last was back ${s(Math.abs(spareMs))} s ${spareMs < 0 ? 'after' : 'before'} the spread was over`,
    `${report.breaches.length} breaches; ${s(totalMs)} s in all`,
  ].join('\n')
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      clients: { type: 'string', default: '1000' },
      before: { type: 'string', default: '10' },
      after: { type: 'string', default: '5' },
      return: { type: 'string', default: '3000' },
      spread: { type: 'string', default: '5000' },
    },
  })
  const report = await drainUnderLoad({
    clients: Number(values.clients),
    before: Number(values.before),
    after: Number(values.after),
    returnMs: Number(values.return),
    spreadMs: Number(values.spread),
  })
  console.log(describeDrain(report))
  for (const breach of report.breaches) console.error(breach)
  process.exitCode = report.breaches.length > 0 || report.exitStatus !== 0 || report.spareMs < 0 ? 1 : 0
}
