import { type ChildProcess, spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** The programs of the server. The client imports nothing of them: they are processes of their own. */
const PROGRAMS = { core: 'tcp-core/main', edge: 'edge/serve.node', verify: 'tcp-core/verify' } as const
export type PartName = keyof typeof PROGRAMS

/** Beside the sources in the repository, beside the built files in the package. */
function programPath(part: PartName): string {
  const suffix = import.meta.filename.endsWith('.ts') ? '.ts' : '.js'
  return fileURLToPath(new URL(`../../${PROGRAMS[part]}${suffix}`, import.meta.url))
}

export interface PartSettings {
  readonly args?: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly stdout: 'inherit' | 'pipe'
}

/** A program of the server as a child process. */
export class Part {
  /** Its exit status; 1 where a signal ended it or it could not be run. Never rejects. */
  readonly ended: Promise<number>
  readonly #child: ChildProcess
  #running = true

  constructor(part: PartName, settings: PartSettings) {
    // In a process group of its own: Ctrl-C in a terminal reaches the launcher alone, which passes it on once.
    const child = spawn(process.execPath, [programPath(part), ...(settings.args ?? [])], {
      env: { NODE_COMPILE_CACHE: getCompileCacheDir(), ...settings.env },
      // The channel carries nothing: its end tells the part that this process is gone, whatever ended it.
      stdio: ['ignore', settings.stdout, 'inherit', 'ipc'],
      detached: true,
    })
    this.#child = child
    this.ended = new Promise((resolve) => {
      const end = (status: number): void => {
        this.#running = false
        resolve(status)
      }
      child.once('error', (error) => {
        console.error(`hawser ${part}: ${error.message}`)
        end(1)
      })
      child.once('exit', (status) => end(status ?? 1))
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
      else console.error(line)
    })
    void this.ended.then(() => found.resolve(undefined))
    return found.promise
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
  const child = new Part(part, { args, env: process.env, stdout: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  process.exitCode = await child.ended
}
