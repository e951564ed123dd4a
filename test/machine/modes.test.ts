import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, globSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { uploadAttachment } from '../../client/attachments.ts'
import { closeToOthers } from '../../tcp-core/files/private-files.ts'
import { hawser, TemporaryFolder } from '../client/program.ts'

// The edge runs from its bundle; `npm run build:edge` makes it.
const NOT_BUILT = !existsSync(new URL('../../dist/edge/worker/worker.js', import.meta.url))
const bin = new URL('../../cli/bin.js', import.meta.url).pathname

/** `hawser` where the system leaves every mode as a program asks for it. */
async function started(
  args: readonly string[],
): Promise<{ said: string[]; until(pattern: RegExp): Promise<string>; stop(): Promise<void> }> {
  const child = spawn('sh', ['-c', 'umask 000; exec "$0" "$@"', process.execPath, bin, ...args], {
    env: { ...process.env, HAWSER_ADMIN_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  createInterface(child.stderr as Readable).on('line', (line) => said.push(line))
  const lines = createInterface(child.stdout as Readable)[Symbol.asyncIterator]()
  return {
    said,
    async until(pattern) {
      for (;;) {
        const { value, done } = await lines.next()
        if (done) throw new Error(said.join('\n'))
        const found = pattern.exec(value as string)
        if (found) return found[1] ?? ''
      }
    },
    async stop() {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

/** What others may read of a folder and all that is in it: path and mode. */
function openToOthers(folder: string): string[] {
  return ['', ...globSync('**', { cwd: folder })]
    .map((name) => ({ name, mode: statSync(join(folder, name)).mode }))
    .filter(({ mode }) => mode & 0o077)
    .map(({ name, mode }) => `${name} ${(mode & 0o777).toString(8)}`)
}

const ports = ['--tcp-port', '0', '--ws-port', '0', '--edge-port', '0', '--admin-port', '0']

test.skipIf(NOT_BUILT)(
  'under umask 000 nothing that core, edge and commands make can be read by others; what was open is closed',
  async () => {
    using folder = new TemporaryFolder()
    const data = join(folder.path, 'data')
    const first = await started(['start', '--data', data, ...ports])
    const page = await first.until(/Open (http:\S+)/)
    const url = await first.until(/listen --user bob --url (tcp:\S+) --data/)
    const admin = await first.until(/--admin (http:\S+)/)
    const operator = ['--data', data, '--admin', admin]
    for (const args of [
      ['send', '--user', 'alice', '--to', 'bob', '--data', data, '--url', url, 'hello'],
      ['send', '--user', 'alice', '--to', 'bob', '--data', data, '--url', page, 'hello by the edge'],
      ['ban', 'user:mallory', ...operator],
      ['backup', join(data, 'backup.sqlite'), ...operator],
      ['backup', join(folder.path, 'elsewhere.sqlite'), ...operator],
    ]) {
      expect(await hawser(...args)).toMatchObject({ status: 0, stderr: '' })
    }
    const response = await fetch(`${page}/dev/token`, { method: 'POST', body: JSON.stringify({ user: 'alice' }) })
    const { token } = (await response.json()) as { token: string }
    const { id } = await uploadAttachment({ edge: page, token, file: new Blob(['picture']), name: 'picture.png' })
    expect(readdirSync(join(data, 'attachments')).some((name) => name.startsWith(id))).toBe(true)
    expect(openToOthers(data)).toEqual([])
    expect((statSync(join(folder.path, 'elsewhere.sqlite')).mode & 0o777).toString(8)).toBe('600')
    const names = readdirSync(data)
    for (const name of [
      'log.sqlite',
      'log.sqlite-wal',
      'log.sqlite-shm',
      'core.lock',
      'access.json',
      'core-id',
      'ticket.key',
      'attachments',
      'edge',
    ])
      expect(names).toContain(name)
    await first.stop()

    // A data folder of a Hawser before, and what its users did to it.
    for (const name of ['', ...globSync('*', { cwd: data })])
      chmodSync(join(data, name), statSync(join(data, name)).isDirectory() ? 0o777 : 0o666)
    const again = await started(['start', '--data', data, ...ports])
    await again.until(/Ctrl-C/)
    expect(openToOthers(data)).toEqual([])
    await again.stop()
    expect(again.said).toEqual([])

    const keys = join(folder.path, 'keys')
    const made = await started(['keys', '--data', keys])
    await made.until(/END PUBLIC KEY/)
    expect(openToOthers(keys)).toEqual([])
  },
)

test('what cannot be closed is told by name and mode, and a folder that is everybody`s is left as it is', () => {
  using folder = new TemporaryFolder()
  const shared = join(folder.path, 'shared')
  mkdirSync(shared)
  chmodSync(shared, 0o1777)
  expect(closeToOthers(shared)).toEqual([{ path: shared, mode: '1777' }])
  expect((statSync(shared).mode & 0o7777).toString(8)).toBe('1777')
})
