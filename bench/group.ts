/**
 * A group of --members with --online of them connected, half over TCP and half over the edge under
 * workerd: deliveries a second, and the time from SEND until the last of them has the message. Also
 * what one message costs the uplinks (bodies a shard) and the server (CPU, all threads and processes).
 * `npm run build:edge` first.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { House } from '../test/support/house.ts'
import { cpuSeconds, rssBytes } from './measure/processes.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '10000' },
    online: { type: 'string', default: '2000' },
    shards: { type: 'string', default: '2' },
    bytes: { type: 'string', default: '128' },
    messages: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '5' },
  },
})

interface Uplinks {
  readonly uplinks: readonly { readonly bodiesOut: number }[]
}

const MANY = '1000000000'
const folder = mkdtempSync(join(tmpdir(), 'hawser-group-'))
const house = await House.start({
  shards: Number(values.shards),
  env: {
    HAWSER_CONNECTIONS_PER_ADDRESS: MANY,
    HAWSER_CONNECTS_PER_ADDRESS_PER_MINUTE: MANY,
    HAWSER_CONNECTS_PER_NETWORK_PER_MINUTE: MANY,
    HAWSER_SESSION_PACKETS_PER_SECOND: MANY,
    HAWSER_LOG_LEVEL: 'warn',
  },
  edge: { CONNECTS_PER_ADDRESS: MANY },
})
const bodies = async () => ((await house.core.admin('/edge')).body as Uplinks).uplinks.map(({ bodiesOut }) => bodiesOut)

try {
  const tokens = await Promise.all(Array.from({ length: Number(values.online) }, (_, i) => house.signer.token(`member-${i}`)))
  writeFileSync(join(folder, 'tokens.json'), JSON.stringify(tokens))
  const program = new URL('support/group-members.ts', import.meta.url).pathname
  const { members, bytes } = values
  const child = spawn(process.execPath, [program, house.core.tcp, house.edgeWsUrl, join(folder, 'tokens.json'), members, bytes], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const ask = async <T>(line: string): Promise<T> => {
    child.stdin.write(`${line}\n`)
    return JSON.parse((await lines.next()).value as string) as T
  }
  await ask('join')
  console.log(
    `a group of ${members}, ${values.online} online, half native and half at the edge on ${values.shards} shards; ${bytes} bytes\n`,
  )

  const before = await bodies()
  const paced = await ask<{ p50: number; p99: number; max: number }>(`paced ${values.messages}`)
  const perShard = (await bodies()).map((count, shard) => (count - (before[shard] ?? 0)) / Number(values.messages))
  const cpuBefore = cpuSeconds([house.core.pid])
  const burst = await ask<{ perSecond: number; messages: number }>(`burst ${values.seconds}`)
  const cpu = cpuSeconds([house.core.pid]) - cpuBefore
  const deliveries = burst.messages * (Number(values.online) - 1)

  const ms = (value: number) => `${value.toFixed(1)} ms`
  console.log('| figure | |\n|---|---|')
  console.log(`| to the last member, one message at a time | p50 ${ms(paced.p50)}, p99 ${ms(paced.p99)}, worst ${ms(paced.max)} |`)
  console.log(`| bodies on the uplinks a message | ${perShard.map((count) => count.toFixed(2)).join(', ')} |`)
  console.log(`| deliveries a second | ${burst.perSecond.toFixed(0)} |`)
  console.log(`| CPU of the core a delivery, without workerd | ${((cpu / deliveries) * 1e6).toFixed(2)} us |`)
  console.log(`| RSS of the core | ${(rssBytes([house.core.pid]) / 2 ** 20).toFixed(0)} MiB |`)
  child.kill()
} finally {
  await house.dispose()
  rmSync(folder, { recursive: true, force: true })
}
