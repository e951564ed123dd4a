import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildWorker } from '../edge/node/build.node.ts'

const guide = readFileSync(new URL('../docs/DEPLOY.md', import.meta.url), 'utf8')
const bin = new URL('../cli/bin.js', import.meta.url).pathname

/** Where the guide's reader would be, with an `npx` that finds this repository's `hawser`. */
const folder = mkdtempSync(join(tmpdir(), 'hawser-guide-'))
const running: ChildProcess[] = []

beforeAll(() => {
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${bin}" "$@"\n`)
  chmodSync(join(folder, 'bin/npx'), 0o755)
  const { publicKey } = generateKeyPairSync('ed25519')
  writeFileSync(join(folder, 'users.pub.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
})
afterAll(async () => {
  for (const child of running.reverse()) {
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
  rmSync(folder, { recursive: true, force: true })
})

/** The commands of the guide under that mark, with `replace` for what must differ on a machine where ports are taken. */
function commands(mark: string, replace: Record<string, string> = {}): string {
  const block = new RegExp(`<!-- tested: ${mark} -->\n\`\`\`sh\n([^\`]+)\`\`\``).exec(guide)?.[1]
  if (!block) throw new Error(`docs/DEPLOY.md has no commands for ${mark}`)
  return Object.entries(replace).reduce((text, [from, to]) => text.replace(from, to), block)
}

function run(script: string, env: Record<string, string> = {}): ChildProcess {
  // The last command takes the shell's place, so that a signal reaches it.
  const child = spawn('sh', ['-ec', script.replace(/npx(?!.*npx)/s, 'exec npx')], {
    cwd: folder,
    env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return child
}

async function start<T>(script: string, env: Record<string, string>): Promise<T> {
  const child = run(script, env)
  running.push(child)
  for await (const line of createInterface(child.stdout as Readable)) return JSON.parse(line) as T
  throw new Error(`ended without a word: ${script}`)
}

async function output(script: string, env: Record<string, string>): Promise<string> {
  const child = run(script, env)
  return (await (child.stdout as Readable).toArray()).join('')
}

it("the guide's way without Cloudflare ends with a shard that is up", { timeout: 30_000 }, async () => {
  const { url } = await start<{ url: string }>(commands('edge'), { HAWSER_EDGE_PORT: '0' })
  const free = { HAWSER_TCP_PORT: '0', HAWSER_WS_PORT: '0', HAWSER_ADMIN_PORT: '0', HAWSER_LOG_LEVEL: 'warn' }
  const core = commands('core', { 'ws://127.0.0.1:8787': url.replace('http', 'ws') })
  const { admin } = await start<{ admin: string }>(core, free)
  for (;;) {
    const status = await output(commands('status'), { HAWSER_ADMIN: `http://${admin}` })
    if (/^s0 +up +owner +0 /m.test(status)) break
    expect(status).toMatch(/^s0 +(up|down) /m)
  }
})

it('the deploy of the guide passes, as a dry run', { timeout: 60_000 }, async () => {
  await buildWorker(join(folder, 'worker'))
  expect(existsSync(join(folder, 'worker/worker.js'))).toBe(true)
})

it('the guide names every setting that the edge takes', () => {
  const source = readFileSync(new URL('../edge/env/env.ts', import.meta.url), 'utf8')
  const settings = [...source.matchAll(/^ {2}readonly ([A-Z_]+)\?: string$/gm)].map((match) => match[1])
  expect(settings.length).toBeGreaterThan(8)
  for (const name of settings) expect(guide).toContain(`| \`${name}\``)
})
