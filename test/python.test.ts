import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { breaches, type Entry, type History } from '../client/history-check.ts'
import { Command } from '../shared/commands.ts'
import { decodeBody } from '../shared/frame.ts'
import { Direction } from '../shared/gen/hawser.ts'
import { LoneCore } from './support/lone-core.ts'
import { PythonClient, type PythonEvent, pythonMissing } from './support/python-client.ts'
import { nameVectors } from './support/vectors.ts'

const missing = pythonMissing()
if (missing) console.log(`not run: the client in Python, for ${missing}`)

const example = dirname(fileURLToPath(new URL('../examples/python/hawser.py', import.meta.url)))
const CONVERSATION = 'dm/alice/bob'

describe.runIf(missing === undefined)('a client written from docs/PROTOCOL.md alone', () => {
  let server: LoneCore
  const clients: PythonClient[] = []
  beforeAll(async () => {
    server = await LoneCore.start()
  })
  afterAll(async () => {
    for (const client of clients) await client.stop()
    await server?.dispose()
  })

  async function start(user: string): Promise<PythonClient> {
    const client = new PythonClient(`tcp://${server.core.tcp}`, join(server.folder, `${user}.db`), await server.signer.token(user))
    clients.push(client)
    return client
  }

  async function logOf(conversationId: string): Promise<Entry[]> {
    const reader = await server.login('tcp', 'alice', { deviceId: 'reader' })
    const entries: Entry[] = []
    for (let more = true; more; ) {
      const page = { conversationId, withUser: '', direction: Direction.FORWARD, fromSeq: entries.length, limit: 200, epoch: 0, digest: 0 }
      const answer = await reader.ask(Command.SYNC, 2 + entries.length, { page, list: undefined })
      const { page: got } = decodeBody(Command.SYNC_ACK, answer.body)
      for (const { seq, sender, clientMessageId } of got?.messages ?? [])
        entries.push({ conversationId, seq, from: sender, clientMessageId })
      more = got?.more ?? false
    }
    reader.end()
    return entries
  }

  const entryOf = ({ conversationId, seq, sender, clientMessageId }: PythonEvent): Entry => ({
    conversationId,
    seq,
    from: sender,
    clientMessageId,
  })

  test('orders and writes the names of conversations', () => {
    const pairs = JSON.stringify(nameVectors.direct.map(({ users }) => users))
    const program = 'import json, sys, hawser; print(json.dumps([hawser.direct_conversation(*p) for p in json.loads(sys.argv[1])]))'
    const made = execFileSync('python3', ['-B', '-c', program, pairs], { cwd: example }).toString()
    expect(JSON.parse(made)).toEqual(nameVectors.direct.map(({ conversationId }) => conversationId))
  })

  test('loses, doubles and swaps nothing while the core is killed and comes again, and so is the client', { timeout: 60_000 }, async () => {
    const [alice, bob] = [await start('alice'), await start('bob')]
    await Promise.all([alice.until('online', 1), bob.until('online', 1)])
    const saying = (client: PythonClient, to: string, from: number, count: number) => {
      for (let i = from; i < from + count; i++) client.say(to, `${to} ${i}`)
    }
    saying(alice, 'bob', 0, 300)
    saying(bob, 'alice', 0, 300)
    await Promise.all([alice.until('message', 20), bob.until('message', 20)])
    await server.core.stop('SIGKILL')
    saying(alice, 'bob', 300, 100)
    saying(bob, 'alice', 300, 100)
    await server.core.start()
    await Promise.all([alice.until('online', 2), bob.until('online', 2)])
    await Promise.all([alice.until('sent', 400), bob.until('sent', 400), alice.until('message', 400), bob.until('message', 400)])

    // A client that is killed goes on from what it has kept.
    await bob.stop('SIGKILL')
    saying(alice, 'bob', 400, 50)
    await alice.until('sent', 450)
    const again = await start('bob')
    await again.until('message', 50)
    saying(again, 'alice', 400, 10)
    await Promise.all([again.until('sent', 10), alice.until('message', 410)])

    const received = { alice: alice.of('message').map(entryOf), bob: [...bob.of('message'), ...again.of('message')].map(entryOf) }
    const acked = [alice, bob, again].flatMap((client) => client.of('sent').map((event) => ({ ...entryOf(event), client: event.sender })))
    const history: History = {
      acked,
      received: new Map(Object.entries(received)),
      log: new Map([[CONVERSATION, await logOf(CONVERSATION)]]),
      members: new Map([[CONVERSATION, ['alice', 'bob'].map((user) => ({ client: user, user }))]]),
    }
    expect(breaches(history)).toEqual([])
    // S8: what one sent is in the order in which it was said.
    const texts = [...bob.of('message'), ...again.of('message')].map(({ text }) => text)
    expect(texts).toEqual(Array.from({ length: 450 }, (_, i) => `bob ${i}`))
    expect(alice.of('message').map(({ text }) => text)).toEqual(Array.from({ length: 410 }, (_, i) => `alice ${i}`))
    rmSync(join(server.folder, 'bob.db'))
  })

  test('on a first install is given what reached no device, and not what did (R8)', async () => {
    const [carol, dave] = [await start('carol'), await start('dave')]
    await Promise.all([carol.until('online', 1), dave.until('online', 1)])
    carol.say('dave', 'one')
    await dave.until('message', 1)
    await expect
      .poll(async () => {
        const reader = await server.login('tcp', 'dave', { deviceId: 'reader' })
        const answer = await reader.ask(Command.SYNC, 2, { page: undefined, list: { cursor: '', limit: 0 } })
        reader.end()
        return decodeBody(Command.SYNC_ACK, answer.body).list?.conversations[0]?.deliveredSeq
      })
      .toBe(1)
    await dave.stop()
    for (const text of ['two', 'three']) carol.say('dave', text)
    await carol.until('sent', 3)
    rmSync(join(server.folder, 'dave.db'))
    const anew = await start('dave')
    await anew.until('message', 2)
    await anew.until('online', 1)
    expect(anew.of('message').map(({ text }) => text)).toEqual(['two', 'three'])
  })

  test('that stood still past its window is told to pull, and has all in order (R4, R5)', async () => {
    const [frank, grace] = [await start('frank'), await start('grace')]
    await Promise.all([frank.until('online', 1), grace.until('online', 1)])
    grace.signal('SIGSTOP')
    const texts = Array.from({ length: 600 }, (_, i) => `text ${i}`)
    for (const text of texts) frank.say('grace', text)
    await frank.until('sent', texts.length)
    const skipped = await server.core.metric('hawser_gaps_total')
    grace.signal('SIGCONT')
    await grace.until('message', texts.length)
    expect(grace.of('message').map(({ text }) => text)).toEqual(texts)
    expect(skipped).toBeGreaterThan(0)
  })

  test('stops where the close says so, and tells what was refused', async () => {
    const erin = await start('erin')
    await erin.until('online', 1)
    erin.say('no\u200ename', 'x')
    await erin.until('refused', 1)
    expect(erin.of('refused')).toMatchObject([{ code: 'field_invalid' }])
    await server.core.admin('/kick', { method: 'POST', body: { user: 'erin' } })
    await erin.exited
    expect(erin.of('ended').map(({ number }) => number)).toEqual([4208])
  })
})
