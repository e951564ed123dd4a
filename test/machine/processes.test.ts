import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ensureDevKeys } from '../../cli/dev-keys.ts'
import { Program, TemporaryFolder } from '../client/program.ts'
import { childrenOf, descendants, runs, seen } from './process-tree.ts'

const NOT_LINUX = process.platform !== 'linux'
// The edge runs from its bundle; `npm run build:edge` makes it.
const NOT_BUILT = !existsSync(new URL('../../dist/edge/worker/worker.js', import.meta.url))
const bin = new URL('../../cli/bin.js', import.meta.url).pathname
const FREE = ['--tcp-port', '0', '--ws-port', '0']

function core(data: string): Program {
  const { publicPath } = ensureDevKeys(data)
  return new Program(['core', '--data', data, '--token-key', publicPath, ...FREE])
}

const start = (data: string, ...more: string[]) => new Program(['start', '--data', data, ...FREE, '--edge-port', '0', ...more])
const pidOf = (program: Program) => program.child.pid as number

/** Moments in the life of a core, and how one waits for them. */
const MOMENTS: [string, (program: Program, data: string) => Promise<unknown>][] = [
  ['its process is there', async () => {}],
  ['it makes its keys', (_, data) => seen(() => existsSync(join(data, 'ticket.key')))],
  ['it is ready', (program) => program.line(/core-ready/)],
]

test.skipIf(NOT_LINUX).each(MOMENTS)('a core whose launcher is killed when %s does not outlive it', async (_, moment) => {
  using folder = new TemporaryFolder()
  const launcher = core(folder.path)
  const child = await seen(() => childrenOf(pidOf(launcher))[0])
  await moment(launcher, folder.path)
  launcher.child.kill('SIGKILL')
  await seen(() => !runs(child))
})

test.skipIf(NOT_LINUX).each(MOMENTS)('SIGTERM when %s ends a core with status 0', async (_, moment) => {
  using folder = new TemporaryFolder()
  const launcher = core(folder.path)
  const child = await seen(() => childrenOf(pidOf(launcher))[0])
  await moment(launcher, folder.path)
  launcher.child.kill('SIGTERM')
  expect(await launcher.ended).toMatchObject({ status: 0, stderr: '' })
  expect(runs(child)).toBe(false)
})

test.skipIf(NOT_LINUX || NOT_BUILT).each(['start', 'core', 'edge'] as const)(
  'hawser start leaves no process behind when its %s is killed, and says which part ended',
  async (killed) => {
    using folder = new TemporaryFolder()
    const launcher = start(folder.path)
    await launcher.line(/Ctrl-C/)
    const program = { start: '', core: 'tcp-core/main', edge: 'edge/node/serve.node' }[killed]
    const all = [...descendants(pidOf(launcher), '')]
    expect(all.length, 'core, edge and workerd').toBeGreaterThanOrEqual(3)
    process.kill(killed === 'start' ? pidOf(launcher) : (descendants(pidOf(launcher), program)[0] as number), 'SIGKILL')
    await seen(() => all.every((pid) => !runs(pid)))
    const { status, stderr } = await launcher.ended
    if (killed === 'start') return
    expect([status, stderr]).toEqual([1, expect.stringContaining(`hawser start: the ${killed} ended by SIGKILL; the rest is ended, too\n`)])
  },
)

test.skipIf(NOT_BUILT).each(['tcp-port', 'ws-port', 'admin-port', 'edge-port'])(
  'a port that is taken is named with its flag: --%s',
  async (flag) => {
    using folder = new TemporaryFolder()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const { status, stderr } = await start(folder.path, `--${flag}`, String(port)).ended
    taken.close()
    const [line] = stderr.split('\n')
    expect([status, line]).toEqual([1, expect.stringMatching(new RegExp(`\\b${port}\\b.* is taken.*--${flag}\\b`))])
  },
)

test.skipIf(NOT_BUILT)(
  'two `hawser start` run beside each other, on folders of their own; a second on the same folder says so',
  async () => {
    using folder = new TemporaryFolder()
    await using first = start(join(folder.path, 'one'))
    await using second = start(join(folder.path, 'two'))
    await Promise.all([first.line(/Ctrl-C/), second.line(/Ctrl-C/)])
    const { status, stderr } = await start(join(folder.path, 'one')).ended
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^hawser core: another core is running on .*one; choose another with --data\n/m),
    ])
  },
)

test('a core goes on when nobody reads its lines any more', async () => {
  using folder = new TemporaryFolder()
  const { publicPath } = ensureDevKeys(folder.path)
  const args = ['core', '--data', folder.path, '--token-key', publicPath, ...FREE, '--admin-port', '0']
  const launcher = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [line] = (await once(createInterface(launcher.stdout), 'line')) as [string]
  const ready = JSON.parse(line) as { admin: string; pid: number }
  launcher.stdout.destroy()
  launcher.stderr.destroy()
  // Each SIGHUP is two lines in the log, the second of two at once, too.
  for (let i = 0; i < 20; i++) {
    for (let j = 0; j < 2; j++) process.kill(ready.pid, 'SIGHUP')
    expect((await fetch(`http://${ready.admin}/healthz`)).status).toBe(200)
  }
  launcher.kill('SIGTERM')
  expect(await once(launcher, 'exit')).toEqual([0, null])
})

test.each([
  ['a reader that has seen enough ends a command without a word', 'exec "$0" "$1" --help | true', { status: 0, stderr: '' }],
  [
    'a full disk that the output goes to is one line',
    'exec "$0" "$1" --help > /dev/full',
    { status: 1, stderr: 'hawser: cannot write its output: ENOSPC: no space left on device, write\n' },
  ],
])('%s', async (_, script, expected) => {
  const shell = spawn('sh', ['-c', script, process.execPath, bin], { stdio: ['ignore', 'ignore', 'pipe'] })
  const [stderr, [status]] = await Promise.all([text(shell.stderr), once(shell, 'close') as Promise<[number]>])
  expect({ status, stderr }).toEqual(expected)
})
