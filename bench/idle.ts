/**
 * What an idle connection costs: RSS and CPU of the core with --connections logged-in TCP
 * connections that send heartbeats, and how many logins a second it takes with the token
 * check, beside a bare Node server that accepts and echoes, in one run.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { cpuSeconds, rssBytes, sleep } from './support/process-stats.ts'

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '15000' }, seconds: { type: 'string', default: '20' } },
})
const connections = Number(values.connections)
const HEARTBEAT_MS = 30_000
const folder = mkdtempSync(join(tmpdir(), 'hawser-idle-'))
const file = (name: string) => new URL(name, import.meta.url).pathname

async function firstLine<T>(child: ChildProcess): Promise<T> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return JSON.parse(line) as T
  throw new Error('the process ended before it was ready')
}

function run(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
}

interface Figures {
  readonly emptyMiB: number
  readonly kibPerConnection: number
  readonly cpuPercent: number
  readonly openedPerSecond: number
}

async function measure(server: ChildProcess, keyFile?: string): Promise<Figures> {
  const { tcp } = await firstLine<{ tcp: string }>(server)
  const pid = server.pid as number
  await sleep(2000)
  const empty = rssBytes(pid)
  const clients = run([file('support/idle-clients.ts'), tcp, String(connections), String(HEARTBEAT_MS), ...(keyFile ? [keyFile] : [])])
  const { perSecond } = await firstLine<{ perSecond: number }>(clients)
  // What logging in left behind is collected before idleness is measured.
  await sleep(10_000)
  const cpuBefore = cpuSeconds(pid)
  await sleep(Number(values.seconds) * 1000)
  const cpu = cpuSeconds(pid) - cpuBefore
  const full = rssBytes(pid)
  clients.kill()
  server.kill()
  return {
    emptyMiB: empty / 2 ** 20,
    kibPerConnection: (full - empty) / 1024 / connections,
    cpuPercent: (100 * cpu) / Number(values.seconds),
    openedPerSecond: perSecond,
  }
}

try {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keyFile = join(folder, 'key.pem')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const results = {
    'bare Node server': await measure(run([file('support/bare-server.ts')])),
    Hawser: await measure(
      run([file('../tcp-core/main.ts'), '--tcp-port', '0', '--ws-port', '0', '--admin-port', '0'], {
        HAWSER_DATA: join(folder, 'data'),
        HAWSER_TOKEN_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        HAWSER_LOG_LEVEL: 'warn',
      }),
      keyFile,
    ),
  }
  console.log(`${connections} connections, a heartbeat each ${HEARTBEAT_MS / 1000} s\n`)
  console.log('| server | empty | a connection | idle CPU | opened (Hawser: logged in) a second |\n|---|---|---|---|---|')
  for (const [name, each] of Object.entries(results)) {
    const cells = [`${each.emptyMiB.toFixed(0)} MiB`, `${each.kibPerConnection.toFixed(1)} KiB`, `${each.cpuPercent.toFixed(1)} %`]
    console.log(`| ${name} | ${cells.join(' | ')} | ${each.openedPerSecond.toFixed(0)} |`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
