import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { processTree } from '../measure/processes.ts'
import type { RunningServer } from './peer.ts'

const START_TIMEOUT_MS = 30_000
const RETRY_MS = 50
const HOST = '127.0.0.1'
/** Debian puts servers where a user's PATH does not look. */
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']

/** Where a program is, if it is installed. */
export function installed(program: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

/** What a program prints about itself, even where it calls that a failure. */
export function printed(program: string, ...args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? '')
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** None may outlive the run, however it ends. */
const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

function kept(child: ChildProcess): ChildProcess {
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

function running(child: ChildProcess, address: string, settings: Readonly<Record<string, string>>): RunningServer {
  const pids = processTree(child.pid as number)
  return {
    address,
    settings,
    pids,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await exit
      clearTimeout(late)
    },
  }
}

export interface NodeProgram {
  readonly file: string
  readonly args?: readonly string[]
  readonly nodeOptions?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly settings?: Readonly<Record<string, string>>
  /** Which address of the line that it prints when it is ready. */
  readonly door?: string
}

/** A program of this repository, that says on stdout where it listens. */
export async function startNode(program: NodeProgram): Promise<RunningServer> {
  const child = kept(
    spawn(process.execPath, [...(program.nodeOptions ?? []), program.file, ...(program.args ?? [])], {
      env: { ...process.env, ...program.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  )
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    const address = (JSON.parse(line) as Record<string, string>)[program.door ?? 'tcp']
    if (address === undefined) throw new Error(`${program.file} has no door ${program.door}`)
    return running(child, address, program.settings ?? {})
  }
  throw new Error(`${program.file} did not start`)
}

/** Another program, that is ready when it accepts connections on the port. */
export async function startDaemon(
  program: string,
  args: readonly string[],
  port: number,
  options: SpawnOptions = {},
): Promise<RunningServer> {
  const child = kept(spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options }))
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${program} ended before it was ready`)
    if (Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`${program} was not ready in time`)
    }
    await sleep(RETRY_MS)
  }
  return running(child, `${HOST}:${port}`, {})
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, HOST)
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
