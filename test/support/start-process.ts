import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const bin = new URL('../../cli/bin.js', import.meta.url).pathname

/** `hawser start` on free ports and a data folder of its own, as a newcomer runs it. */
export class StartProcess {
  readonly data: string
  readonly pageUrl: string
  readonly tcpUrl: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, data: string, output: string) {
    this.#child = child
    this.data = data
    this.pageUrl = /http:\/\/localhost:\d+/.exec(output)?.[0] as string
    this.tcpUrl = /tcp:\/\/[\d.:]+/.exec(output)?.[0] as string
  }

  static async start(): Promise<StartProcess> {
    const data = mkdtempSync(join(tmpdir(), 'hawser-start-'))
    const child = spawn(process.execPath, [bin, 'start', '--data', data, '--tcp-port', '0', '--ws-port', '0', '--edge-port', '0'], {
      env: { ...process.env, HAWSER_ADMIN_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    for await (const chunk of child.stdout) {
      output += String(chunk)
      if (output.includes('Ctrl-C')) return new StartProcess(child, data, output)
    }
    throw new Error(`hawser start ended: ${output}`)
  }

  /** Runs a command of the CLI against it; gives what it printed and its exit status. */
  async cli(...args: string[]): Promise<{ lines: never[]; stderr: string; status: number }> {
    const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, HAWSER_DATA: this.data, HAWSER_URL: this.tcpUrl } })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    const [status] = (await once(child, 'close')) as [number]
    return {
      lines: stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as never),
      stderr,
      status,
    }
  }

  async dispose(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exit
    rmSync(this.data, { recursive: true, force: true })
  }
}
