/**
 * Throughput of 1:1 messages: --pairs senders with --window messages under way each, every
 * message acknowledged by the server, delivered, and acknowledged by its receiver. Hawser
 * (fsynced acks) beside a bare Node TCP relay that acknowledges from memory, in one run.
 * Prints messages a second, latency from SEND to DELIVER, and server CPU a message as the
 * operating system counts it, all threads.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { cpuSeconds, rssBytes } from './support/process-stats.ts'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '500' },
    window: { type: 'string', default: '10' },
    bytes: { type: 'string', default: '128' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    profile: { type: 'string', default: '' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'hawser-bench-'))
const file = (name: string) => new URL(name, import.meta.url).pathname

function run(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
}

const UNLIMITED = '1000000000'

function startHawser(keyPem: string): ChildProcess {
  const profiling = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []
  return run([...profiling, file('../tcp-core/main.ts'), '--tcp-port', '0', '--ws-port', '0', '--admin-port', '0'], {
    HAWSER_DATA: mkdtempSync(join(folder, 'data-')),
    HAWSER_TOKEN_KEY: keyPem,
    HAWSER_LOG_LEVEL: 'warn',
    HAWSER_SESSION_PACKETS_PER_SECOND: UNLIMITED,
    HAWSER_SESSION_BYTES_PER_SECOND: UNLIMITED,
    HAWSER_USER_PACKETS_PER_SECOND: UNLIMITED,
    HAWSER_USER_BYTES_PER_SECOND: UNLIMITED,
  })
}

async function firstLine<T>(child: ChildProcess): Promise<T> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return JSON.parse(line) as T
  throw new Error('the process ended before it was ready')
}

interface Load {
  readonly messages: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly lost: number
}

async function measure(kind: 'hawser' | 'relay', server: ChildProcess, keyFile: string) {
  const { tcp } = await firstLine<{ tcp: string }>(server)
  const pid = server.pid as number
  const load = run([file('support/pairs-load.ts'), kind, tcp, values.pairs, values.window, values.bytes, values.seconds, keyFile])
  const lines = createInterface({ input: load.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  await lines.next()
  const cpuBefore = cpuSeconds(pid)
  const result = JSON.parse((await lines.next()).value as string) as Load
  const cpu = cpuSeconds(pid) - cpuBefore
  const rss = rssBytes(pid)
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill()
  await ended
  return { ...result, cpuMicros: (cpu * 1e6) / result.messages, rssMiB: rss / 2 ** 20 }
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number

try {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keyFile = join(folder, 'key.pem')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const results: Record<string, Awaited<ReturnType<typeof measure>>[]> = { relay: [], hawser: [] }
  for (let round = 0; round < Number(values.rounds); round++) {
    if (values.only !== 'hawser') results.relay?.push(await measure('relay', run([file('support/bare-relay.ts')]), keyFile))
    if (values.only !== 'relay') results.hawser?.push(await measure('hawser', startHawser(publicPem), keyFile))
  }
  console.log(`${values.pairs} pairs x ${values.window}, ${values.bytes} bytes, median of ${values.rounds} (spread)\n`)
  console.log('| server | msg/s | p50 ms | p99 ms | p99.9 ms | CPU us/msg | RSS MiB | lost |\n|---|---|---|---|---|---|---|---|')
  for (const [name, rounds] of Object.entries(results)) {
    if (rounds.length === 0) continue
    const of = (key: keyof (typeof rounds)[0]) => median(rounds.map((each) => each[key]))
    const rates = rounds.map(({ perSecond }) => perSecond)
    const rate = `${of('perSecond').toFixed(0)} (${Math.min(...rates).toFixed(0)}-${Math.max(...rates).toFixed(0)})`
    console.log(
      `| ${name} | ${rate} | ${of('p50').toFixed(1)} | ${of('p99').toFixed(1)} | ${of('p999').toFixed(1)} | ${of('cpuMicros').toFixed(1)} | ${of('rssMiB').toFixed(0)} | ${rounds.reduce((sum, each) => sum + each.lost, 0)} |`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
