/**
 * How long a core takes to be ready after a SIGKILL, and what memory it then has, with a
 * small log and with a large one: start-up must not grow with the log.
 *
 *   npx node bench/recovery.ts [--messages 5000000]
 *
 * Each log is filled directly, then a core takes traffic until its WAL is long, is killed,
 * and is started again: the time is from the spawn to `core-ready`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { connect } from '../client/node.ts'
import { tokenSigner } from '../test/support/tokens.ts'
import { fillLog, numberedPair } from './fill-log.ts'

const { values } = parseArgs({ options: { messages: { type: 'string', default: '5000000' } } })
const SMALL = 10_000
const MESSAGES_PER_CONVERSATION = 500
const ROUNDS = 3
/** Messages of 4 KiB between the last checkpoint and the kill: some 10 MB of WAL. */
const UNCHECKPOINTED = 2000

const main = new URL('../tcp-core/main.ts', import.meta.url).pathname
const signer = tokenSigner()

interface Running {
  readonly readyMs: number
  readonly rssMb: number
  readonly tcp: string
  kill(): Promise<void>
}

async function startCore(data: string): Promise<Running> {
  const start = performance.now()
  const child = spawn(process.execPath, [main, '--tcp-port', '0', '--ws-port', '0', '--admin-port', '0'], {
    env: { ...process.env, HAWSER_DATA: data, HAWSER_TOKEN_KEY: signer.publicPem, HAWSER_LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const readyMs = performance.now() - start
    const { tcp } = JSON.parse(line) as { tcp: string }
    const rssKb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1])
    const kill = async () => {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    }
    return { readyMs, rssMb: rssKb / 1024, tcp, kill }
  }
  throw new Error('the core did not start')
}

/** Messages that leave a WAL behind when the core is killed. */
async function traffic(tcp: string): Promise<void> {
  const client = connect(`tcp://${tcp}`, { token: () => signer.token('writer'), receive: false })
  await client.ready()
  const content = { contentType: 'text/plain', content: new Uint8Array(4096) }
  await Promise.all(Array.from({ length: UNCHECKPOINTED }, () => client.send({ to: 'reader' }, content)))
  await client.close()
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number

async function measure(count: number): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'hawser-recovery-'))
  const path = join(data, 'log.sqlite')
  try {
    const start = performance.now()
    await fillLog(path, count, (nth) => numberedPair(Math.floor(nth / MESSAGES_PER_CONVERSATION)))
    const filled = (performance.now() - start) / 1000
    let core = await startCore(data)
    const runs: Running[] = []
    let wal = 0
    for (let round = 0; round < ROUNDS; round++) {
      await traffic(core.tcp)
      await core.kill()
      wal = Math.max(wal, statSync(`${path}-wal`).size)
      core = await startCore(data)
      runs.push(core)
    }
    await core.kill()
    const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0)
    console.log(
      `${count} messages, ${megabytes(statSync(path).size)} MiB, filled in ${filled.toFixed(0)} s: ready ${median(runs.map(({ readyMs }) => readyMs)).toFixed(0)} ms after a SIGKILL with ${megabytes(wal)} MiB of WAL, ${median(runs.map(({ rssMb }) => rssMb)).toFixed(0)} MiB resident`,
    )
  } finally {
    rmSync(data, { recursive: true })
  }
}

await measure(SMALL)
await measure(Number(values.messages))
