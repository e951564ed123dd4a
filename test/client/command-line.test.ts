import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ensureDevKeys } from '../../cli/dev-keys.ts'
import { hawser, Program, TemporaryFolder } from './program.ts'

test.each([
  [['nonsense'], 'hawser: there is no command "nonsense"; see hawser --help'],
  [['send', '--colour', 'red'], "hawser send: Unknown option '--colour'; see hawser send --help"],
  [['send', '--user', 'alice', 'hello'], 'hawser send: --to is missing; see hawser send --help'],
  [['send', '--user', 'alice', '--to', 'bob'], 'hawser send: there is no text to send; see hawser send --help'],
  [['send', '--to', 'bob', 'hello'], 'hawser send: --user is missing; see hawser send --help'],
  [['send', '--user', 'a b', '--to', 'bob', 'x'], 'hawser send: --user has white space; see hawser send --help'],
  [['listen', '--user', 'bob', '--count', '0'], 'hawser listen: --count is a whole number from 1 on; "0" is not; see hawser listen --help'],
  [['listen', '--user', 'bob', 'more'], 'hawser listen: "more" is not expected here; see hawser listen --help'],
  [
    ['token', '--user', 'bob', '--ttl', 'soon'],
    'hawser token: --ttl is a time such as 90s, 15m, 1h or 7d; "soon" is not; see hawser token --help',
  ],
  [['start', '--tcp-port', '70000'], 'hawser start: --tcp-port is a whole number from 0 to 65535; "70000" is not; see hawser start --help'],
  [
    ['send', '--token', 't', '--to', 'b', '--url', 'ftp://x', 'x'],
    'hawser send: --url: cannot connect to "ftp://x": it begins with none of tcp:, tls:, ws:, wss:, http:, https:; see hawser send --help',
  ],
  [
    ['send', '--user', 'alice', '--to', 'bob', '--group', 'g', 'x'],
    'hawser send: only one of --to and --group is given; see hawser send --help',
  ],
  [
    ['send', '--user', 'alice', '--group', 'a b', 'x'],
    'hawser send: --group has 1 to 64 letters, digits and . _ ~ -; see hawser send --help',
  ],
  [['react', '--user', 'alice', '--with', 'bob', 'ok'], 'hawser react: --seq is missing; see hawser react --help'],
  [
    ['group', 'found', '--user', 'alice'],
    'hawser group: the action is one of create, info, members, add, remove, ban, unban, bans, leave, join, dissolve, role, mute, rename; see hawser group --help',
  ],
  [['group', 'add', '--user', 'alice', '--group', 'g'], 'hawser group: nothing is named; see hawser group --help'],
  [
    ['group', 'mute', '--user', 'alice', '--group', 'g', '--for', '1h'],
    'hawser group: either users are named, or --all is given; see hawser group --help',
  ],
])('%j is a usage error of one line', async (args, line) => {
  expect(await hawser(...args)).toEqual({ status: 2, stdout: '', stderr: `${line}\n` })
})

test('without a token and a developer key it says what to do', async () => {
  using folder = new TemporaryFolder()
  expect(await hawser('send', '--user', 'alice', '--to', 'bob', '--data', folder.path, 'hello')).toEqual({
    status: 1,
    stdout: '',
    stderr: `hawser send: no token: pass --token, or run \`hawser start\` first (it makes a key in ${folder.path})\n`,
  })
})

test('a server that is not there is named, with the reason', async () => {
  const { status, stderr } = await hawser(
    'send',
    '--token',
    't',
    '--to',
    'bob',
    '--url',
    'tcp://127.0.0.1:1',
    '--timeout',
    '200ms',
    'hello',
  )
  expect([status, stderr]).toEqual([1, 'hawser send: cannot connect to tcp://127.0.0.1:1 within 200ms: connect ECONNREFUSED 127.0.0.1:1\n'])
})

test('help and version', async () => {
  const [overview, nothing, send, version] = await Promise.all([hawser('--help'), hawser(), hawser('send', '--help'), hawser('--version')])
  expect(overview).toMatchObject({ status: 0, stderr: '' })
  for (const name of ['start', 'send', 'listen', 'history', 'search', 'edit', 'recall', 'react', 'group', 'chat', 'token', 'core', 'edge'])
    expect(overview.stdout).toContain(`\n  ${name} `)
  expect(nothing).toEqual({ ...overview, status: 2 })
  expect(send.stdout).toContain('--timeout TIME')
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+$/)
})

test('send, listen and history with a core: what was missed comes once and is acknowledged', async () => {
  using folder = new TemporaryFolder()
  const { publicPath } = ensureDevKeys(folder.path)
  const settings = ['--data', folder.path, '--token-key', publicPath, '--tcp-port', '0', '--ws-port', '0', '--log-level', 'silent']
  await using core = new Program(['core', ...settings])
  const ready = JSON.parse((await core.line(/core-ready/)).input) as { tcp: string; ws: string }
  const server = ['--data', folder.path, '--url', `tcp://${ready.tcp}`]

  for (const [index, text] of ['one', 'two', 'three'].entries()) {
    const sent = await hawser('send', '--user', 'alice', '--to', 'bob', ...server, text)
    expect(JSON.parse(sent.stdout)).toMatchObject({ conversation: 'dm/alice/bob', seq: index + 1, durability: 'fsynced', duplicate: false })
  }
  // Bob's own errand acknowledges nothing for him.
  await hawser('send', '--user', 'bob', '--to', 'carol', ...server, 'meanwhile')
  const first = await hawser('listen', '--user', 'bob', '--count', '2', ...server)
  expect([first.status, texts(first.stdout)]).toEqual([0, ['one', 'two']])
  const second = await hawser('listen', '--user', 'bob', '--count', '1', '--data', folder.path, '--url', `ws://${ready.ws}`)
  expect(texts(second.stdout)).toEqual(['three'])
  const history = await hawser('history', '--user', 'alice', '--with', 'bob', '--limit', '2', ...server)
  expect(texts(history.stdout)).toEqual(['two', 'three'])

  await using listening = new Program(['listen', '--user', 'carol', ...server])
  await listening.line(/"text":"meanwhile"/)
  listening.child.kill('SIGINT')
  expect(await listening.ended).toMatchObject({ status: 0, stderr: '' })

  using otherKeys = new TemporaryFolder()
  ensureDevKeys(otherKeys.path)
  const refused = await hawser('send', '--user', 'alice', '--to', 'bob', '--data', otherKeys.path, '--url', `tcp://${ready.tcp}`, 'x')
  expect(refused).toMatchObject({ status: 1, stderr: expect.stringMatching(/^hawser send: tcp:\S+ ended it \(token_invalid\): .+\n$/) })

  core.child.kill('SIGTERM')
  expect((await core.ended).status).toBe(0)
})

test('a group from its making to its end, and what is done to messages', { timeout: 120_000 }, async () => {
  using folder = new TemporaryFolder()
  const { publicPath } = ensureDevKeys(folder.path)
  const settings = ['--data', folder.path, '--token-key', publicPath, '--tcp-port', '0', '--ws-port', '0', '--log-level', 'silent']
  await using core = new Program(['core', ...settings])
  const ready = JSON.parse((await core.line(/core-ready/)).input) as { tcp: string }
  const server = ['--data', folder.path, '--url', `tcp://${ready.tcp}`]
  const crew = ['--user', 'alice', '--group', 'crew', ...server]
  const run = async (...args: string[]): Promise<Record<string, unknown>[]> => {
    const { status, stdout, stderr } = await hawser(...args)
    expect([status, stderr]).toEqual([0, ''])
    return stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  await using listening = new Program(['listen', '--user', 'bob', ...server])
  expect(await run('group', 'create', ...crew, '--name', 'Crew', 'bob')).toEqual([{ conversation: 'group/crew' }])
  expect(await run('send', ...crew, '--mention', 'bob', '--id', 'first', 'hello', 'all')).toMatchObject([{ seq: 2, duplicate: false }])
  expect(await run('send', ...crew, '--mention', 'bob', '--id', 'first', 'hello', 'all')).toMatchObject([{ seq: 2, duplicate: true }])
  await run('send', ...crew, '--reply', '2', 'again')
  await run('edit', ...crew, '--seq', '2', 'hello everybody')
  await run('react', '--user', 'bob', '--group', 'group/crew', '--seq', '2', ...server, '👍')
  await run('recall', ...crew, '--seq', '3')
  await run('group', 'role', ...crew, 'bob', 'admin')
  await run('group', 'add', ...crew, 'carol')
  await run('group', 'mute', ...crew, '--for', '1h', 'carol')
  const muted = await hawser('send', '--user', 'carol', '--group', 'crew', ...server, 'hm')
  expect(muted).toMatchObject({ status: 1, stderr: 'hawser send: You may not send here for now\n' })
  await run('group', 'mute', ...crew, '--lift', 'carol')
  await run('group', 'rename', ...crew, 'The', 'crew')
  expect(await run('group', 'info', ...crew)).toMatchObject([{ name: 'The crew', memberCount: 3, owner: 'alice', role: 'owner' }])
  expect((await run('group', 'members', ...crew)).map(({ userId, role }) => [userId, role])).toEqual([
    ['alice', 'owner'],
    ['bob', 'admin'],
    ['carol', 'member'],
  ])
  await run('group', 'remove', ...crew, 'carol')
  await run('group', 'dissolve', ...crew)

  await listening.line(/"dissolve"/)
  listening.child.kill('SIGINT')
  const heard = (await listening.ended).stdout.split('\n').map((line) => JSON.parse(line) as { seq: number; change?: object })
  expect(heard.map(({ seq, change }) => [seq, Object.keys(change ?? { text: '' })[0]])).toEqual([
    [1, 'create'],
    [2, 'text'],
    [3, 'text'],
    [4, 'edit'],
    [5, 'react'],
    [6, 'recall'],
    [7, 'role'],
    [8, 'add'],
    [9, 'mute'],
    [10, 'mute'],
    [11, 'update'],
    [12, 'remove'],
    [13, 'dissolve'],
  ])
  expect(heard[1]).toMatchObject({ conversation: 'group/crew', from: 'alice', text: 'hello all', mentions: ['bob'] })
  expect(heard[3]).toMatchObject({ from: 'alice', change: { edit: { seq: 2, text: 'hello everybody' } } })
  expect(heard[6]).toMatchObject({ change: { role: { user: 'bob', role: 'admin' } } })
  expect((await run('history', '--user', 'bob', '--group', 'crew', ...server)).slice(0, 4)).toMatchObject([
    { seq: 1, change: { create: { name: 'Crew', members: ['bob'] } } },
    { seq: 2, text: 'hello everybody', mentions: ['bob'], reactions: [{ key: '👍', count: 1, own: true }] },
    { seq: 3, text: '', recalledBy: 'alice' },
    { seq: 4, change: { edit: { seq: 2 } } },
  ])
})

const texts = (lines: string) => lines.split('\n').map((line) => (JSON.parse(line) as { text: string }).text)

test.each([
  ['start', 'dev-key.pem'],
  ['start', 'uplink-key.pem'],
  ['keys', 'uplink-key.pem'],
])('%s names a file that is no key: %s', async (command, name) => {
  using folder = new TemporaryFolder()
  const path = join(folder.path, name)
  writeFileSync(path, 'abc')
  expect(await hawser(command, '--data', folder.path)).toEqual({
    status: 1,
    stdout: '',
    stderr: `hawser ${command}: ${path} is no private key (PEM); put the right one back, or delete it: a new one is made\n`,
  })
})

test('start refuses a data folder that it cannot write to', async () => {
  using folder = new TemporaryFolder()
  const path = join(folder.path, 'data')
  writeFileSync(path, '')
  const { status, stderr } = await hawser('start', '--data', path)
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^hawser start: cannot write to the data folder .*EEXIST.*\n$/)])
})

// The edge runs from its bundle; `npm run build:edge` makes it.
const built = existsSync(new URL('../../dist/edge/worker/worker.js', import.meta.url))

test.skipIf(!built)('start runs core and edge, whose page gives tokens, and ends them', async () => {
  using folder = new TemporaryFolder()
  const data = join(folder.path, 'data')
  mkdirSync(data)
  await using start = new Program(['start', '--data', data, '--tcp-port', '0', '--ws-port', '0', '--edge-port', '0'])
  const [, edge = ''] = await start.line(/Open (http:\S+)/)
  const [, url = ''] = await start.line(/listen --user bob --url (tcp:\S+) --data/)
  const sent = await hawser('send', '--user', 'alice', '--to', 'bob', '--data', data, '--url', url, 'hello')
  expect(sent.status).toBe(0)
  const heard = await hawser('listen', '--user', 'bob', '--count', '1', '--data', data, '--url', edge)
  expect(texts(heard.stdout)).toEqual(['hello'])
  const response = await fetch(`${edge}/dev/token`, { method: 'POST', body: JSON.stringify({ user: 'carol' }) })
  const { token } = (await response.json()) as { token: string }
  expect((await hawser('send', '--token', token, '--to', 'bob', '--url', edge, 'hello')).status).toBe(0)
  start.child.kill('SIGINT')
  expect((await start.ended).status).toBe(0)
})

test.skipIf(!built)('where the core cannot start, its line is what is seen, and the edge is ended', async () => {
  using folder = new TemporaryFolder()
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const port = String((taken.address() as { port: number }).port)
  const { status, stderr } = await new Program(['start', '--data', folder.path, '--tcp-port', port, '--ws-port', '0', '--edge-port', '0'])
    .ended
  taken.close()
  expect(status).toBe(1)
  expect(stderr.trimEnd().split('\n')).toEqual([
    `hawser core: port ${port} on 127.0.0.1 is taken by another program; choose another with --tcp-port, 0 for any that is free`,
    expect.stringMatching(/^hawser start: the core ended with status 1; its last line: hawser core: port .*; the rest is ended, too$/),
  ])
})
