import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { serveFreeSpace } from './free-space.node.ts'
import { EDGE_SETTINGS, type EdgeSetting, SOCKET_NAME, workerdConfig } from './workerd-config.node.ts'

/** How long workerd has to end by itself: it waits for open sockets, which browsers do not close. */
const STOP_MS = 1_000
/** Of what workerd says before it fails as much is kept. */
const MAX_LOG_CHARACTERS = 64 * 1024

export interface EdgeOptions {
  /** 127.0.0.1 by default. */
  readonly host?: string
  /** 8787 by default; 0 takes any that is free. */
  readonly port?: number
  /** The folder that the shards' databases are kept in. */
  readonly stateDir: string
  /** The folder that attachments are kept in, if they are to be kept on this machine. */
  readonly attachmentsDir?: string | undefined
  /** `host:port` of a core that hands out tokens for trying things out. */
  readonly devTokens?: string | undefined
  readonly settings: Readonly<Partial<Record<EdgeSetting, string>>>
  /** What edge/node/build.node.ts made. */
  readonly bundleDir?: string
}

export interface Edge {
  /** `http://host:port` */
  readonly url: string
  readonly pid: number
  /** Says, once workerd has ended, how. It never rejects. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

/** Starts the built Worker under workerd and resolves when it listens. Rejects with one line that says what is wrong. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { host = '127.0.0.1', port = 8787 } = options
  const settings = givenSettings(options.settings)
  // Links are good for an hour at most: a secret of this run does where none is given.
  if (options.attachmentsDir) settings.ATTACHMENT_SECRET ??= randomBytes(32).toString('hex')
  const over = new AbortController()
  const config = await writeConfig(options, over.signal, `${bracketed(host)}:${port}`, Object.keys(settings) as EdgeSetting[])
  // What the Worker logs goes to stderr: stdout is this process's own.
  const drainKey = randomUUID()
  const child = spawn(workerdPath(), ['serve', config, '--control-fd=3'], {
    env: { ...process.env, ...settings, DRAIN_KEY: drainKey },
    stdio: ['ignore', 2, 'pipe', 'pipe'],
  })
  // workerd does not notice that its parent is gone, and would keep the port.
  const killChild = () => child.kill('SIGKILL')
  process.once('exit', killChild)
  const guard = guardAgainstKill(child.pid)
  const ended = new Promise<string>((settle) => {
    child.once('error', (error) => settle(`workerd cannot be run: ${error.message}`))
    child.once('close', (code, signal) => settle(`workerd ended with ${signal ?? `exit code ${code}`}`))
  }).finally(() => {
    process.off('exit', killChild)
    guard?.kill('SIGKILL')
    over.abort()
  })
  const log = readLog(child.stderr as Readable)
  const listening = await Promise.race([listeningPort(child.stdio[3] as Readable), ended])
  if (typeof listening === 'string') throw new Error(explain(listening, log.text, `${host}:${port}`))
  log.passOn()
  const url = `http://${bracketed(host)}:${listening}`
  return {
    url,
    pid: child.pid as number,
    ended,
    async stop() {
      await drain(url, drainKey)
      await stop(child, ended)
    },
  }
}

/** A kill leaves this process no time to end workerd: the end of a pipe tells a shell, which does. */
function guardAgainstKill(pid: number | undefined): ChildProcess | undefined {
  if (pid === undefined || process.platform === 'win32') return undefined
  const shell = spawn('/bin/sh', ['-c', `read -r line; kill -9 ${pid}`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  // Where there is no shell there is no guard.
  shell.on('error', () => {})
  shell.unref()
  ;(shell.stdin as Socket | null)?.unref()
  return shell
}

/** Puts workerd's configuration into the state folder and gives its path. */
async function writeConfig(options: EdgeOptions, over: AbortSignal, address: string, settings: readonly EdgeSetting[]): Promise<string> {
  const bundleDir = options.bundleDir ?? defaultBundleDir()
  const stateDir = resolve(options.stateDir)
  const [worker, assets] = await Promise.all([
    readBundle(join(bundleDir, 'worker/worker.js')),
    readBundle(join(bundleDir, 'assets/assets.js')),
  ])
  const pageDir = resolve(bundleDir, 'page')
  const objectsDir = join(stateDir, 'objects')
  const attachmentsDir = options.attachmentsDir && resolve(options.attachmentsDir)
  // workerd refuses a folder that is not there, and an edge without a page is still an edge.
  const folders = [objectsDir, pageDir, ...(attachmentsDir ? [attachmentsDir] : [])]
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })))
  const kept = [stateDir, objectsDir, ...(attachmentsDir ? [attachmentsDir] : [])]
  await Promise.all(kept.map((folder) => closeToOthers(folder, 0o700)))
  if (attachmentsDir) await removeUnfinished(attachmentsDir)
  const freeSpace = attachmentsDir && (await serveFreeSpace(attachmentsDir, over))
  const path = join(stateDir, 'workerd.capnp')
  await writeFile(
    path,
    workerdConfig({ address, worker, assets, pageDir, objectsDir, attachmentsDir, freeSpace, devTokens: options.devTokens, settings }),
    { mode: 0o600 },
  )
  await closeToOthers(path, 0o600)
  return path
}

/** Also what was made under other modes. Users' files and the shards' databases are behind those of their folders. */
async function closeToOthers(path: string, wanted: number): Promise<void> {
  if (process.platform === 'win32') return
  if ((await stat(path)).mode & 0o077) await chmod(path, wanted).catch(() => {})
  const { mode } = await stat(path)
  if (mode & 0o077) console.error(`${path} is readable by others (mode ${(mode & 0o777).toString(8)}), and that cannot be changed`)
}

/** What workerd was writing when it was killed. */
async function removeUnfinished(attachmentsDir: string): Promise<void> {
  const names = (await readdir(attachmentsDir)).filter((name) => /^\..+\.tmp$/.test(name))
  await Promise.all(names.map((name) => rm(join(attachmentsDir, name))))
}

async function readBundle(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new Error(`The edge is not built: ${path} cannot be read. Run "npm run build:edge".`, { cause })
  }
}

/** In the repository the bundle is in dist/edge; in the published package this file is there too. */
function defaultBundleDir(): string {
  return fileURLToPath(new URL(import.meta.filename.endsWith('.ts') ? '../../dist/edge/' : '../', import.meta.url))
}

/** The program for this platform, from the workerd package. */
function workerdPath(): string {
  const { default: path } = createRequire(import.meta.url)('workerd') as { default: string }
  return path
}

function givenSettings(settings: EdgeOptions['settings']): Partial<Record<EdgeSetting, string>> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value))
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** Resolves with the port once workerd says on its control descriptor that it listens. */
async function listeningPort(control: Readable): Promise<number> {
  for await (const line of createInterface(control)) {
    const { event, socket, port } = JSON.parse(line) as { event: string; socket?: string; port?: number }
    if (event === 'listen' && socket === SOCKET_NAME && port !== undefined) return port
  }
  // The descriptor ends with workerd, of whose end another promise tells.
  return new Promise(() => {})
}

/** Keeps what workerd says until it is known whether it starts; from `passOn` on it goes to stderr. */
function readLog(stream: Readable): { readonly text: string; passOn(): void } {
  const log = { text: '', passOn }
  function keep(chunk: string): void {
    if (log.text.length < MAX_LOG_CHARACTERS) log.text += chunk
  }
  function passOn(): void {
    stream.off('data', keep)
    process.stderr.write(log.text)
    stream.on('data', (chunk: string) => process.stderr.write(chunk))
  }
  stream.setEncoding('utf8').on('data', keep)
  return log
}

/** One line on why workerd did not start. */
function explain(ending: string, log: string, address: string): string {
  if (/address already in use/i.test(log)) {
    return `The address ${address} is taken: another program listens there. Choose another port with HAWSER_EDGE_PORT (hawser start: --edge-port), 0 for any that is free.`
  }
  const [firstLine = ending] = log.split('\n').filter((line) => line.trim())
  return `The edge did not start: ${firstLine.trim()}`
}

/** Has the shards take leave of their browsers. An edge that does not answer is ended without. */
async function drain(url: string, key: string): Promise<void> {
  const request = { method: 'POST', headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(STOP_MS) }
  await fetch(`${url}/drain`, request).catch(() => undefined)
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM')
  const forced = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(forced)
}

/** `node edge/node/serve.node.ts`: an edge of its own, set up by HAWSER_* in the environment. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  // What it and workerd make is for their own user.
  process.umask(0o077)
  let edge: Edge | undefined
  let stopping = false
  const stop = (): void => {
    // Its end ends workerd, which during the start has no browsers to take leave of.
    if (!edge) process.exit(0)
    // A second signal does not wait for the drain.
    if (stopping) return void process.kill(edge.pid, 'SIGKILL')
    stopping = true
    void edge.stop()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
  whenParentEnds(() => {
    if (!stopping) stop()
  })
  // An edge goes on where nobody reads its lines any more.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  edge = await startEdge({
    host: env.HAWSER_EDGE_HOST || '127.0.0.1',
    port: Number(env.HAWSER_EDGE_PORT || 8787),
    stateDir: env.HAWSER_EDGE_STATE || './data/edge',
    attachmentsDir: env.HAWSER_EDGE_ATTACHMENTS,
    devTokens: env.HAWSER_EDGE_DEV_TOKENS,
    settings: Object.fromEntries(EDGE_SETTINGS.map((name) => [name, env[`HAWSER_${name}`] ?? ''])),
  })
  console.log(JSON.stringify({ event: 'edge-ready', url: edge.url }))
  const ending = await edge.ended
  if (!stopping) throw new Error(`The edge is down: ${ending}.`)
}

/** Started by `hawser`: without its parent it would hold the port for nobody. The parent may be gone before this is asked. */
function whenParentEnds(ended: () => void): void {
  if (process.connected === false) return ended()
  process.once('disconnect', ended)
  process.channel?.unref()
}

if (import.meta.main) {
  main(process.env).catch((error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  })
}
