import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

const root = new URL('../../', import.meta.url).pathname

export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `hawser`, or another script of the repository, as a process, with nothing of this environment that could set it up. A core takes any free port for its admin door, since several run at a time. */
export class Program implements AsyncDisposable {
  readonly child: ChildProcess
  readonly ended: Promise<Outcome>
  readonly #lines: AsyncIterator<string>
  readonly #seen: string[] = []

  constructor(args: readonly string[], options: { script?: string; cwd?: string } = {}) {
    const env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HAWSER_'))),
      HAWSER_ADMIN_PORT: '0',
    }
    const { script = 'cli/bin.js', cwd } = options
    this.child = spawn(process.execPath, [root + script, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const lines = createInterface(this.child.stdout as Readable)
    lines.on('line', (line) => this.#seen.push(line))
    this.#lines = lines[Symbol.asyncIterator]()
    const stderr = text(this.child.stderr as Readable)
    this.ended = new Promise((resolve) => {
      this.child.once('close', async (status) => resolve({ status, stdout: this.#seen.join('\n'), stderr: await stderr }))
    })
  }

  /** The next line of its output that matches. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) throw new Error(`the program ended before it wrote ${pattern}: ${(await this.ended).stderr}`)
      const match = pattern.exec(value)
      if (match) return match
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGTERM')
    await this.ended
  }
}

/** Runs `hawser` to its end. */
export function hawser(...args: string[]): Promise<Outcome> {
  return new Program(args, { cwd: tmpdir() }).ended
}

/** A folder that is gone at the end of the test. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'hawser-test-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
