import { createReadStream, mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { breaches } from '../../client/history-check.ts'
import { readHistory } from '../../client/history-file.ts'
import { connect } from '../../client/node.ts'
import { directConversationId } from '../../shared/conversation-id.ts'
import { House } from '../support/house.ts'
import { LiveClient } from './live-client.ts'
import { Recorder } from './recorder.ts'

/**
 * `node test/soak/live.ts [--clients 200] [--seconds 60]`: clients over TCP, WebSocket and edge talk to each other while
 * connections are cut, the core is killed and workerd is started anew. What they saw is recorded and checked.
 */
const { values } = parseArgs({ options: { clients: { type: 'string', default: '200' }, seconds: { type: 'string', default: '60' } } })
const CLIENTS = Number(values.clients)
const TRAFFIC_MS = Number(values.seconds) * 1000
/** Each user has two clients, by two doors, and talks to so many others. */
const USERS = Math.floor(CLIENTS / 2)
const PEERS = 4
const SEND_EVERY_MS = 2_000
const CUT_EVERY_MS = 300
const KILL_EVERY_MS = 12_000
const EDGE_RESTART_EVERY_MS = 17_000
const REST_MS = 120_000
const DOORS = [
  ['tcp', 'edge'],
  ['ws', 'edge'],
  ['tcp', 'ws'],
] as const

const random = (count: number) => Math.floor(Math.random() * count)
const userName = (index: number) => `user-${index % USERS}`

mkdirSync('test-output', { recursive: true })
const recorder = new Recorder('test-output/live-history.jsonl')
const house = await House.start({ shards: 2, edge: { CONNECTS_PER_USER: '100000', CONNECTS_PER_ADDRESS: '100000' } })
const clients: LiveClient[] = []
const counts = { sent: 0, cuts: 0, kills: 0, edgeRestarts: 0 }
try {
  await connectAll()
  const startedAt = performance.now()
  const failures: string[] = []
  const end = startedAt + TRAFFIC_MS
  await Promise.all([send(end, failures), cut(end), kill(end), restartEdge(end)])
  const trafficMs = performance.now() - startedAt
  const restMs = await rest()
  await recordLog()
  await report(trafficMs, restMs, failures)
} finally {
  await recorder.close()
  await Promise.all(clients.map(({ client }) => client.close()))
  await house.dispose()
}

async function connectAll(): Promise<void> {
  for (let index = 0; index < USERS; index++) {
    const user = userName(index)
    for (const [device, door] of (DOORS[index % DOORS.length] as readonly ('tcp' | 'ws' | 'edge')[]).entries()) {
      const name = `${user}-${door}`
      const deviceClass = device === 0 ? 'desktop' : 'web'
      clients.push(new LiveClient({ name, user, url: house.url(door), deviceClass, token: () => house.signer.token(user) }, recorder))
      for (const peer of peersOf(index)) {
        recorder.write({ type: 'member', conversationId: directConversationId(user, peer), client: name, user })
      }
    }
  }
  await Promise.all(clients.map(({ client }) => client.ready()))
}

/** Those that the user sends to, and those that send to the user. */
function peersOf(index: number): Set<string> {
  const distances = Array.from({ length: PEERS }, (_, i) => i + 1)
  return new Set(distances.flatMap((distance) => [userName(index + distance), userName(index - distance + USERS)]))
}

async function send(end: number, failures: string[]): Promise<void> {
  const sends: Promise<void>[] = []
  while (performance.now() < end) {
    const from = clients[random(clients.length)] as LiveClient
    const to = userName(Number(from.traits.user.slice('user-'.length)) + 1 + random(PEERS))
    const text = `${++counts.sent} ${'x'.repeat(random(10) === 0 ? random(8000) : random(100))}`
    sends.push(from.send(to, text).catch((error: Error) => void failures.push(`${from.traits.name}: ${error.message}`)))
    await sleep(SEND_EVERY_MS / clients.length)
  }
  // What is still on its way is waited for by `rest`.
}

async function cut(end: number): Promise<void> {
  while (performance.now() < end) {
    await sleep(CUT_EVERY_MS)
    clients[random(clients.length)]?.cut()
    counts.cuts++
  }
}

async function kill(end: number): Promise<void> {
  while (performance.now() + KILL_EVERY_MS < end) {
    await sleep(KILL_EVERY_MS)
    await house.core.stop('SIGKILL')
    await sleep(random(1500))
    await house.core.start()
    counts.kills++
  }
}

async function restartEdge(end: number): Promise<void> {
  while (performance.now() + EDGE_RESTART_EVERY_MS < end) {
    await sleep(EDGE_RESTART_EVERY_MS)
    await house.restartEdge()
    counts.edgeRestarts++
  }
}

/** Waits until every client is online, has its acks, and what every other has of the same conversations. */
async function rest(): Promise<number> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < REST_MS) {
    await sleep(250)
    const last = new Map<string, number>()
    for (const { reached } of clients) {
      for (const [conversationId, seq] of reached) last.set(conversationId, Math.max(last.get(conversationId) ?? 0, seq))
    }
    const isBehind = clients.some(({ traits, client, pending, reached }) => {
      if (client.state !== 'online' || pending > 0) return true
      return [...last].some(([id, seq]) => id.split('/').includes(traits.user) && (reached.get(id) ?? 0) < seq)
    })
    if (!isBehind) break
  }
  const restMs = performance.now() - startedAt
  // A duplicate would come late.
  await sleep(2000)
  return restMs
}

/** Reads every conversation as the core has it now. */
async function recordLog(): Promise<void> {
  for (let index = 0; index < USERS; index++) {
    const user = userName(index)
    const reader = connect(house.url('tcp'), { token: () => house.signer.token(user), deviceClass: 'service', receive: false })
    await reader.ready()
    for (let distance = 1; distance <= PEERS; distance++) {
      let after = 0
      for (let more = true; more; ) {
        const page = await reader.history({ with: userName(index + distance) }, { after, limit: 200 })
        for (const { conversationId, seq, from, clientMessageId } of page.messages) {
          recorder.write({ type: 'log', conversationId, seq, from, clientMessageId })
          after = seq
        }
        more = page.more
      }
    }
    await reader.close()
  }
}

async function report(trafficMs: number, restMs: number, failures: readonly string[]): Promise<void> {
  await recorder.close()
  const history = await readHistory(createInterface({ input: createReadStream(recorder.path) }))
  const closed = clients
    .filter(({ closedAs }) => closedAs !== undefined)
    .map(({ traits, closedAs }) => `${traits.name} was closed: ${closedAs}`)
  const found = [...breaches(history), ...failures, ...closed]
  const { ack, receive, log } = recorder.counts
  console.log(`${clients.length} clients over tcp, ws and edge, ${(trafficMs / 1000).toFixed(0)} s of traffic`)
  console.log(`${counts.cuts} cuts, ${counts.kills} SIGKILLs of the core, ${counts.edgeRestarts} restarts of workerd`)
  console.log(
    `${counts.sent} sent, ${ack} acknowledged, ${log} in the log, ${receive} received; at rest ${(restMs / 1000).toFixed(1)} s after the last`,
  )
  console.log(`${found.length} breaches; the history: ${recorder.path}`)
  for (const breach of found.slice(0, 20)) console.log(`  ${breach}`)
  if (found.length > 0) process.exitCode = 1
}
