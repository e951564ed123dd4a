import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_MOUNTS, TestDisk } from '../storage/test-disk.ts'
import { makeCertificate } from '../support/certificate.ts'
import { CoreProcess } from '../support/core-process.ts'
import { tokenSigner } from '../support/tokens.ts'

const main = new URL('../../tcp-core/main.ts', import.meta.url).pathname
/** Root reads whatever the modes say, so the core of a test that root runs is started without that right. */
const OBEY_MODES = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all', '--'] : []

const made = mkdtempSync(join(tmpdir(), 'hawser-files-'))
const ready = join(made, 'ready')
let cases = 0

/** A folder with everything that a core reads, as one that ran has left it. */
beforeAll(async () => {
  const core = await CoreProcess.start({ tokenKey: tokenSigner().publicPem })
  await core.admin('/bans', { method: 'POST', body: { subject: 'user:mallory', seconds: 3600 } })
  await core.stop()
  cpSync(core.data, ready, { recursive: true })
  await core.dispose()
  writeFileSync(join(ready, 'users.pub.pem'), tokenSigner().publicPem)
  await makeCertificate(ready, 'door')
  await makeCertificate(ready, 'authority')
})
afterAll(() => rmSync(made, { recursive: true }))

const STATES = {
  missing: (path: string) => rmSync(path),
  empty: (path: string) => writeFileSync(path, ''),
  garbage: (path: string) => writeFileSync(path, randomBytes(5000)),
  unreadable: (path: string) => chmodSync(path, 0),
  'a folder': (path: string) => {
    rmSync(path)
    mkdirSync(path)
  },
} as const
type State = keyof typeof STATES
const ALL = Object.keys(STATES) as State[]
const but = (...fine: State[]) => ALL.filter((state) => !fine.includes(state))

/** What a core reads when it starts, and what of it may not be. The others start as if nothing were. */
const FILES: Readonly<Record<string, readonly State[]>> = {
  'ticket.key': but('missing', 'garbage'), // any 32 bytes are a key
  'admin.key': but('missing'),
  'core-id': but('missing'),
  'uplink-key.pem': but('missing'),
  'access.json': but('missing'),
  'core.lock': but('missing', 'empty'),
  'log.sqlite': ALL,
  'users.pub.pem': ALL,
  'door.crt': ALL,
  'door.key': ALL,
  'authority.crt': ALL,
}

function prepare(change: (data: string) => void): string {
  const data = join(made, `case-${cases++}`)
  cpSync(ready, data, { recursive: true })
  change(data)
  return data
}

async function start(data: string, ...more: string[]): Promise<{ started: boolean; status: number | null; stderr: string }> {
  const settings = { data, 'token-key': join(data, 'users.pub.pem'), 'tls-port': '0', 'tcp-port': '0', 'ws-port': '0', 'admin-port': '0' }
  const tls = { 'tls-cert': join(data, 'door.crt'), 'tls-key': join(data, 'door.key'), 'tls-client-ca': join(data, 'authority.crt') }
  const args = Object.entries({ ...settings, ...tls }).flatMap(([flag, value]) => [`--${flag}`, value])
  const [command = process.execPath, ...rest] = [...OBEY_MODES, process.execPath, main, ...args, ...more]
  const child = spawn(command, rest, {
    env: { ...process.env, HAWSER_LOG_LEVEL: 'error', NODE_COMPILE_CACHE: join(made, 'compiled') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let started = false
  child.stdout.once('data', () => {
    started = true
    child.kill('SIGTERM')
  })
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number | null]>])
  return { started, status, stderr }
}

const expectOneLine = (outcome: Awaited<ReturnType<typeof start>>, path: string) => {
  expect([outcome.started, outcome.status]).toEqual([false, 1])
  const [line, ...rest] = outcome.stderr.split('\n')
  expect(rest).toEqual([''])
  expect(line?.startsWith(`hawser core: ${path} `), line).toBe(true)
  expect(line, 'says what mends it').toMatch(/; \w/)
}

test.each(Object.entries(FILES).flatMap(([file, wrong]) => ALL.map((state) => [file, state, wrong.includes(state)] as const)))(
  'a core whose %s is %s: refused %s',
  async (file, state, refused) => {
    const data = prepare((folder) => STATES[state](join(folder, file)))
    const outcome = await start(data)
    if (refused) return expectOneLine(outcome, join(data, file))
    expect(outcome).toEqual({ started: true, status: 0, stderr: '' })
  },
)

test.each<[string, string, (path: string, data: string) => void]>([
  ['a key of three characters', 'admin.key', (path) => writeFileSync(path, 'abc')],
  ['a key of another kind', 'uplink-key.pem', (path, data) => cpSync(join(data, 'door.key'), path)],
  ['no list of ended tickets', 'ended-tickets.jsonl', (path) => writeFileSync(path, 'abc\n')],
  ['rules that are none', 'access.json', (path) => writeFileSync(path, '{"allow": ["everybody"],\n "deny": 3}')],
  ['the private half of a key', 'users.pub.pem', (path, data) => cpSync(join(data, 'uplink-key.pem'), path)],
  ['another certificate', 'door.key', (path, data) => cpSync(join(data, 'authority.key'), path)],
  ['a log that is cut off', 'log.sqlite', (path) => truncateSync(path, 6000)],
  [
    'a log of a newer Hawser',
    'log.sqlite',
    (path) => {
      const log = new DatabaseSync(path)
      log.exec('PRAGMA user_version = 999')
      log.close()
    },
  ],
])('%s is one line', async (_, file, change) => {
  const data = prepare((folder) => change(join(folder, file), folder))
  expectOneLine(await start(data), join(data, file))
})

test.each<[string, (data: string) => string]>([
  [
    'is a file',
    (data) => {
      writeFileSync(`${data}.file`, '')
      return `${data}.file`
    },
  ],
  ['is below a file', (data) => join(data, 'core-id', 'data')],
  ['is where nothing can be made', () => '/proc/hawser/data'],
  [
    'may not be made',
    (data) => {
      mkdirSync(join(data, 'closed'), { mode: 0o500 })
      return join(data, 'closed', 'data')
    },
  ],
])('a data folder that %s is one line', async (_, make) => {
  let path = ''
  const data = prepare((folder) => {
    path = make(folder)
  })
  expectOneLine(await start(data, '--data', path), path)
})

test('a log that is missing beside keys begins anew only by a word, and a first start needs none', async () => {
  const lost = prepare((folder) => rmSync(join(folder, 'log.sqlite')))
  const refused = await start(lost)
  expectOneLine(refused, join(lost, 'log.sqlite'))
  expect(refused.stderr).toContain('start once with --new-log yes (HAWSER_NEW_LOG=yes)')
  expect(await start(lost, '--new-log', 'yes')).toMatchObject({ started: true, status: 0 })
  expect(await start(lost)).toMatchObject({ started: true, status: 0, stderr: '' })
  expect((await start(lost, '--new-log', 'yes', '--log-level', 'warn')).stderr).toContain('HAWSER_NEW_LOG is set although the log is there')

  const first = prepare((folder) => {
    for (const name of ['ticket.key', 'admin.key', 'core-id', 'access.json', 'core.lock', 'log.sqlite']) rmSync(join(folder, name))
  })
  expect(await start(first), 'with an uplink key by `hawser keys`').toEqual({ started: true, status: 0, stderr: '' })
})

test('a first start that failed half way is no lost log', async () => {
  const full = prepare((folder) => {
    for (const name of ['ticket.key', 'admin.key', 'core-id', 'access.json', 'core.lock', 'log.sqlite']) rmSync(join(folder, name))
    mkdirSync(join(folder, 'admin.key'))
  })
  expectOneLine(await start(full), join(full, 'admin.key'))
  rmSync(join(full, 'admin.key'), { recursive: true })
  expect(await start(full)).toEqual({ started: true, status: 0, stderr: '' })
})

test.skipIf(NO_MOUNTS)('a first start on a full disk is one line, leaves no half of a key, and works when there is room', async () => {
  const data = join(made, 'full')
  mkdirSync(data)
  const disk = await TestDisk.memory(data, 1)
  try {
    for (const name of ['users.pub.pem', 'door.crt', 'door.key', 'authority.crt']) cpSync(join(ready, name), join(data, name))
    const room = statfsSync(data)
    writeFileSync(join(data, 'ballast'), Buffer.alloc(room.bavail * room.bsize))
    const outcome = await start(data)
    expectOneLine(outcome, join(data, 'log.sqlite'))
    expect(outcome.stderr).toContain('the disk is full')
    expect(readdirSync(data).filter((name) => /key|core-id/.test(name))).toEqual(['door.key'])
    await disk.resize(16)
    expect(await start(data)).toEqual({ started: true, status: 0, stderr: '' })
  } finally {
    await disk.unmount()
  }
})
