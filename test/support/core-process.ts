import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePorts } from './free-ports.ts'

const main = new URL('../../tcp-core/main.ts', import.meta.url).pathname

export interface CoreOptions {
  readonly tokenKey: string
  readonly env?: Record<string, string>
  /** Fills the data folder before the first start. */
  readonly fill?: (data: string) => void
}

interface Addresses {
  readonly tcp: string
  readonly ws: string
  readonly admin: string
  readonly tls?: string
}

/** The core as its users run it: a process of its own, with a data folder that outlives a kill. */
export class CoreProcess {
  readonly data = mkdtempSync(join(tmpdir(), 'hawser-core-'))
  readonly #env: Record<string, string>
  #child: ChildProcess | undefined
  #ports: readonly number[] | undefined
  #addresses: Addresses = { tcp: '127.0.0.1:0', ws: '127.0.0.1:0', admin: '127.0.0.1:0' }
  stderr = ''

  constructor(options: CoreOptions) {
    this.#env = { HAWSER_DATA: this.data, HAWSER_TOKEN_KEY: options.tokenKey, HAWSER_LOG_LEVEL: 'warn', ...options.env }
  }

  static async start(options: CoreOptions): Promise<CoreProcess> {
    const core = new CoreProcess(options)
    options.fill?.(core.data)
    await core.start()
    return core
  }

  /** host:port of the TCP door. */
  get tcp(): string {
    return this.#addresses.tcp
  }

  get wsUrl(): string {
    return `ws://${this.#addresses.ws}/ws`
  }

  get tls(): string {
    return this.#addresses.tls ?? ''
  }

  get adminUrl(): string {
    return `http://${this.#addresses.admin}`
  }

  /** Asks the admin door. */
  async admin(path: string, init: { method?: string; body?: unknown } = {}): Promise<{ status: number; body: never; text: string }> {
    const response = await fetch(`${this.adminUrl}${path}`, {
      method: init.method ?? 'GET',
      headers: { authorization: `Bearer ${readFileSync(join(this.data, 'admin.key'), 'utf8')}`, 'content-type': 'application/json' },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json')
    return { status: response.status, body: (json ? JSON.parse(text) : undefined) as never, text }
  }

  /** The secret that signs its session tickets. */
  ticketKey(): Buffer {
    return readFileSync(join(this.data, 'ticket.key'))
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Starts it, the first time on free ports, later on the same ones. */
  async start(): Promise<void> {
    this.#ports ??= await freePorts(3)
    const [tcp, ws, admin] = this.#ports
    const child = spawn(process.execPath, [main, '--tcp-port', `${tcp}`, '--ws-port', `${ws}`, '--admin-port', `${admin}`], {
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString()).slice(-1_000_000)
    })
    for await (const line of createInterface({ input: child.stdout })) {
      this.#addresses = JSON.parse(line) as Addresses
      return
    }
    throw new Error(`the core did not start: ${this.stderr}`)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** The sum of a metric's samples that have these labels; 0 where there is none. */
  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    const { text } = await this.admin('/metrics')
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
    const samples = text.split('\n').filter((line) => new RegExp(`^${name}[ {]`).test(line) && wanted.every((pair) => line.includes(pair)))
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  }

  /** Ends it with a signal and waits until it is gone. Gives the exit status, null after a kill. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const exit = once(child, 'exit')
    child.kill(signal)
    return ((await exit) as [number | null])[0]
  }

  async dispose(): Promise<void> {
    await this.stop('SIGKILL')
    rmSync(this.data, { recursive: true, force: true })
  }
}
