import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../client/node.ts'
import { jsonLine } from '../../shared/foreign-text.ts'
import { CoreProcess } from '../support/core-process.ts'
import { HostileDoor } from '../support/hostile-door.ts'
import { tokenSigner } from '../support/tokens.ts'
import { hawser, type Outcome, Program, TemporaryFolder } from './program.ts'

/** What a terminal obeys in one way or another: a title, a cleared screen, a colour by C1, a line turned around, another line. */
const HOSTILE = 'eve\u001b]0;pwned\u0007\u001b[2J\u009b31m\u202egpj.exe\u2066\u200e\u2028\r\nalice: forged'
const RAW = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

/** Lines are ours, and nothing else that a terminal obeys is there; `traces` of what was shown instead are. */
function expectSafe({ stdout, stderr }: Outcome): void {
  for (const line of `${stdout}\n${stderr}`.split('\n')) {
    expect(line).not.toMatch(RAW)
    expect(line).not.toMatch(/^alice: forged/)
  }
  expect(stdout + stderr).toContain('\\u001b]0;pwned\\u0007')
}

describe('commands that talk to a server', () => {
  const signer = tokenSigner()
  let core: CoreProcess
  let door: HostileDoor
  let flags: string[]
  beforeAll(async () => {
    core = await CoreProcess.start({ tokenKey: signer.publicPem })
    door = await HostileDoor.to(core.wsUrl, [{ plain: 'eve', hostile: HOSTILE }])
    flags = ['--token', await signer.token('alice'), '--url', door.url, '--user', 'alice']
    const eve = connect(core.wsUrl, { token: await signer.token('eve'), deviceId: 'of-eve' })
    await eve.send({ to: 'alice' }, 'eve says')
    await eve.createGroup({ id: 'eve-group', name: 'eve', description: 'eve', members: ['alice'] })
    await eve.send({ conversationId: 'group/eve-group' }, 'eve says', { mentions: ['alice'], attributes: { 'eve-key': 'eve' } })
    await eve.close()
  })
  afterAll(async () => {
    door?.[Symbol.dispose]()
    await core?.dispose()
  })

  test.each([
    [['history', '--with', 'eve']],
    [['history', '--group', 'eve-group']],
    [['search', 'says']],
    [['listen', '--count', '2']],
    [['send', '--to', 'eve', 'hello']],
    [['edit', '--group', 'eve-group', '--seq', '2', 'x']],
    [['recall', '--group', 'eve-group', '--seq', '99']],
    [['react', '--group', 'eve-group', '--seq', '2', 'eve']],
    [['group', 'info', '--group', 'eve-group']],
    [['group', 'members', '--group', 'eve-group']],
    [['group', 'rename', '--group', 'eve-group', 'eve']],
    [['group', 'add', '--group', 'eve-group', 'eve']],
    [['group', 'create', '--group', 'eve-group', '--name', 'x']],
  ])('%j', async (args) => {
    expectSafe(await hawser(...args, ...flags))
  })

  test('chat', async () => {
    const eve = connect(core.wsUrl, { token: await signer.token('eve'), deviceId: 'of-eve' })
    await using chat = new Program(['chat', ...flags, '--with', 'eve'])
    await eve.send({ to: 'alice' }, 'now eve speaks')
    await chat.line(/now eve/)
    chat.child.kill('SIGKILL')
    expectSafe(await chat.ended)
    await eve.close()
  })

  test('why a connection was refused', async () => {
    expectSafe(await hawser('history', '--with', 'bob', '--url', door.url, '--token', 'no-token', '--user', 'alice'))
  })
})

describe('commands that ask an operator’s door', () => {
  const moment = '2026-01-01T00:00:00.000Z'
  const session = {
    id: HOSTILE,
    user: HOSTILE,
    device: HOSTILE,
    deviceClass: HOSTILE,
    transport: HOSTILE,
    address: HOSTILE,
    startedAt: moment,
    lastTick: moment,
  }
  const passage = { session: HOSTILE, device: HOSTILE, transport: HOSTILE, endedAt: moment, endReason: HOSTILE }
  const answers: Readonly<Record<string, unknown>> = {
    '/sessions': { total: 3, sessions: [{ ...session, packetsIn: 1, packetsOut: 1, ackWait: 0 }] },
    '/bans': { bans: [{ subject: HOSTILE, until: 0, reason: HOSTILE }] },
    '/access': { allow: [HOSTILE], deny: [HOSTILE] },
    '/edge': {
      edge: HOSTILE,
      uplinks: [{ shard: HOSTILE, state: 'down', why: HOSTILE, generation: 1, owner: true, browsers: 0, wakes: 0, bufferedBytes: 0 }],
    },
    '/kick': { kicked: [HOSTILE] },
    '/groups/g/dissolve': { conversationId: HOSTILE, seq: 1, messageId: HOSTILE, duplicate: false },
    '/backup': { path: HOSTILE, bytes: 1, milliseconds: 1 },
    '/verify': { path: HOSTILE, messages: 1, conversations: 1, users: 1, milliseconds: 1, findings: [HOSTILE] },
    '/trace/m': {
      ...{
        messageId: HOSTILE,
        conversationId: HOSTILE,
        seq: 1,
        sender: HOSTILE,
        clientMessageId: HOSTILE,
        contentType: HOSTILE,
        contentBytes: 1,
      },
      ...{ sentAt: moment, storedAt: moment, members: [{ user: HOSTILE, sessions: [passage] }] },
    },
  }
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').split('?')[0] as string]
    response.writeHead(answer ? 200 : 400, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? { error: HOSTILE }))
  })
  let flags: string[]
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    flags = ['--admin', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--admin-key', 'k'.repeat(32)]
  })
  afterAll(() => server.close())

  test.each([
    [['sessions']],
    [['sessions', '--json']],
    [['ban']],
    [['ban', 'user:x']],
    [['access']],
    [['edge', 'status']],
    [['kick', '--user', 'x']],
    [['backup', 'file']],
    [['verify']],
    [['trace', 'm']],
    [['trace', 'another']],
    [['broadcast', 'x']],
    [['operate', 'dissolve', 'g']],
    [['operate', 'add', 'another', 'x']],
  ])('%j', async (args) => {
    expectSafe(await hawser(...args, ...flags))
  })
})

test('check, of a history that others wrote', async () => {
  using folder = new TemporaryFolder()
  const file = join(folder.path, 'history')
  // A line ends at U+2028 for who reads it.
  writeFileSync(file, `${jsonLine({ type: 'ack', conversationId: HOSTILE, seq: 1, from: HOSTILE, clientMessageId: HOSTILE })}\n`)
  expectSafe(await hawser('check', file))
})

test('a command line of hostile words is told safely', async () => {
  const hostile = HOSTILE.replaceAll('\0', '')
  expectSafe(await hawser(hostile))
  expectSafe(await hawser('send', '--user', 'a', '--to', 'b', `--${hostile}`, 'x'))
  expectSafe(await hawser('check', hostile))
})

test('no command is left out here but those that show nothing of others', async () => {
  const { stdout } = await hawser('--help')
  const commands = [...stdout.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name)
  const asked = ['history', 'search', 'listen', 'send', 'edit', 'recall', 'react', 'group', 'chat', 'sessions', 'ban', 'access', 'edge']
  const others = ['kick', 'backup', 'verify', 'trace', 'broadcast', 'check', 'operate']
  const ofOnesOwn = ['start', 'core', 'token', 'keys']
  expect([...asked, ...others, ...ofOnesOwn].sort()).toEqual(commands.sort())
})

test('the command line writes through one module', () => {
  const cli = new URL('../../cli/', import.meta.url).pathname
  const around = globSync('**/*.ts', { cwd: cli }).filter((file) =>
    /\bconsole\.|std(out|err)\.write\(/.test(readFileSync(cli + file, 'utf8')),
  )
  // chat clears its own line, and keys prints a key as it is.
  expect(around.sort()).toEqual(['commands/chat.ts', 'commands/keys.ts', 'output.ts'])
})
