import { type ChildProcess, spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { complain } from './output.ts'

/** The programs of the server. The client imports nothing of them: they are processes of their own. */
const PROGRAMS = { core: 'tcp-core/main', edge: 'edge/node/serve.node', verify: 'tcp-core/verify' } as const
export type PartName = keyof typeof PROGRAMS

/** Beside the sources in the repository, beside the built files in the package. */
function programPath(part: PartName): string {
  const suffix = import.meta.filename.endsWith('.ts') ? '.ts' : '.js'
  return fileURLToPath(new URL(`../${PROGRAMS[part]}${suffix}`, import.meta.url))
}

export interface PartSettings {
  readonly args?: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** `pipe` where the launcher reads what it says; its lines are then passed on. */
  readonly output: 'inherit' | 'pipe'
}

/** How a part ended. */
export interface PartEnd {
  readonly part: PartName
  /** Its exit status; 1 where a signal ended it or it could not be run. */
  readonly status: number
  readonly signal: NodeJS.Signals | null
  /** What it said last on stderr, where that is read. */
  readonly lastLine: string
}

/** A program of the server as a child process. */
export class Part {
  /** Never rejects. */
  readonly ended: Promise<PartEnd>
  readonly #child: ChildProcess
  #running = true
  #lastLine = ''

  constructor(part: PartName, settings: PartSettings) {
    const { args = [], env, output } = settings
    // In a process group of its own: Ctrl-C in a terminal reaches the launcher alone, which passes it on once.
    const child = spawn(process.execPath, [programPath(part), ...args], {
      env: { NODE_COMPILE_CACHE: getCompileCacheDir(), ...env },
      // The channel carries nothing: its end tells the part that this process is gone, whatever ended it.
      stdio: ['ignore', output, output, 'ipc'],
      detached: true,
    })
    this.#child = child
    if (child.stderr) createInterface(child.stderr).on('line', (line) => this.#say(line))
    this.ended = new Promise((resolve) => {
      const end = (status: number, signal: NodeJS.Signals | null): void => {
        this.#running = false
        resolve({ part, status, signal, lastLine: this.#lastLine })
      }
      child.once('error', (error) => {
        complain(`hawser ${part}: ${error.message}`)
        end(1, null)
      })
      // Not `exit`: its last line may still be on the way.
      child.once('close', (status, signal) => end(status ?? 1, signal))
    })
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#running) this.#child.kill(signal)
  }

  /** The JSON line with this `event`; undefined where the part ends before it. Its other lines go to stderr. */
  ready<T>(event: string): Promise<T | undefined> {
    const found = Promise.withResolvers<T | undefined>()
    createInterface(this.#child.stdout as Readable).on('line', (line) => {
      const ready = readyLine(line, event)
      if (ready) found.resolve(ready as T)
      else this.#say(line)
    })
    void this.ended.then(() => found.resolve(undefined))
    return found.promise
  }

  #say(line: string): void {
    this.#lastLine = line
    complain(line)
  }
}

function readyLine(line: string, event: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && 'event' in value && value.event === event ? value : undefined
  } catch {
    return undefined
  }
}

/** `hawser core` and `hawser edge`: the part as if it had been run itself. */
export async function runPart(part: PartName, args: readonly string[]): Promise<void> {
  const passedOn = new Set<NodeJS.Signals>()
  let child: Part | undefined
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      passedOn.add(name)
      child?.kill(name)
    })
  }
  child = new Part(part, { args, env: process.env, output: 'inherit' })
  const { status, signal } = await child.ended
  // One that comes before the part can handle it ends it at once, which is what was asked for.
  process.exitCode = signal && passedOn.has(signal) ? 0 : status
}
