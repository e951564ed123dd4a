import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const script = new URL('../../examples/python/hawser.py', import.meta.url).pathname

/** A thing that the client prints. */
export interface PythonEvent {
  readonly event: 'online' | 'message' | 'sent' | 'refused' | 'ended' | 'discontinuity'
  readonly conversationId: string
  readonly seq: number
  readonly sender: string
  readonly clientMessageId: string
  readonly text: string
  readonly number: number
  readonly reason: string
  readonly code: string
  readonly duplicate: boolean
}

/** Why the client in Python cannot run here; undefined where it can. */
export function pythonMissing(): string | undefined {
  const { error, status } = spawnSync('python3', ['-c', 'import sqlite3, sys; sys.exit(sys.version_info < (3, 9))'])
  return error || status !== 0 ? 'python3 of 3.9 or newer, with sqlite3, is not here' : undefined
}

/** examples/python/hawser.py as a process. */
export class PythonClient {
  readonly events: PythonEvent[] = []
  readonly exited: Promise<unknown>
  readonly #child: ChildProcess
  readonly #waiting = new Set<() => void>()
  stderr = ''

  constructor(url: string, state: string, token: string) {
    this.#child = spawn('python3', ['-B', script, url, state], { env: { ...process.env, HAWSER_TOKEN: token } })
    this.exited = once(this.#child, 'exit')
    const { stdout, stderr } = this.#child
    stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString()
    })
    if (stdout) {
      createInterface({ input: stdout }).on('line', (line) => {
        this.events.push(JSON.parse(line) as PythonEvent)
        for (const look of this.#waiting) look()
      })
    }
  }

  of(event: PythonEvent['event']): PythonEvent[] {
    return this.events.filter((each) => each.event === event)
  }

  say(to: string, text: string): void {
    this.#child.stdin?.write(`${to} ${text}\n`)
  }

  /** Resolves when this many of the events have come since the start. Rejects where the program ends before that. */
  until(event: PythonEvent['event'], count: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = () => {
      if (this.of(event).length < count) return
      this.#waiting.delete(look)
      resolve()
    }
    this.#waiting.add(look)
    void this.exited.then(() => reject(new Error(`the client ended: ${this.stderr} ${JSON.stringify(this.events.at(-1))}`)))
    look()
    return promise
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal)
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.exited
  }
}
