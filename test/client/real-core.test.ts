import { expect, test } from 'vitest'
import { devSigner, ensureDevKeys, TOKEN_LIFETIME_MS } from '../../cli/dev-keys.ts'
import { freePorts } from '../support/free-ports.ts'
import { Program, TemporaryFolder } from './program.ts'
import { WatchedClient } from './watched-client.ts'

/** A core that can be ended and started again on the same ports. */
async function startCore(data: string, [tcpPort, wsPort]: readonly number[]) {
  const { publicPath } = ensureDevKeys(data)
  const doors = ['--tcp-port', `${tcpPort}`, '--ws-port', `${wsPort}`]
  const args = ['--data', data, '--token-key', publicPath, ...doors, '--log-level', 'silent']
  const program = new Program(args, { script: 'tcp-core/main.ts' })
  return { program, ...(JSON.parse((await program.line(/core-ready/)).input) as { tcp: string; ws: string }) }
}

test('a core that is killed in mid-stream costs nothing: every message once, in order, on TCP and WebSocket', async () => {
  using folder = new TemporaryFolder()
  const ports = await freePorts(2)
  const first = await startCore(folder.path, ports)
  const sign = await devSigner(folder.path)
  const options = (user: string) => ({
    token: async () => (await sign(user, TOKEN_LIFETIME_MS)).token,
    backoff: { baseMs: 20, maxMs: 100 },
  })
  await using alice = new WatchedClient(`tcp://${first.tcp}`, options('alice'))
  await using bob = new WatchedClient(`tcp://${first.tcp}`, options('bob'))
  await using web = new WatchedClient(`ws://${first.ws}`, { ...options('bob'), deviceClass: 'web' })
  await Promise.all([alice.client.ready(), bob.client.ready(), web.client.ready()])

  const texts = Array.from({ length: 600 }, (_, index) => `message ${index}`)
  const last = [bob, web].map((client) => client.next('message', ({ seq }) => seq === texts.length))
  const sends = texts.slice(0, 400).map((text) => alice.client.send({ to: 'bob' }, text))
  await sends[50]
  first.program.child.kill('SIGKILL')
  await first.program.ended
  for (const text of texts.slice(400)) sends.push(alice.client.send({ to: 'bob' }, text))
  const second = await startCore(folder.path, ports)
  const results = await Promise.all(sends)
  await Promise.all(last)

  expect(results.map(({ seq }) => seq)).toEqual(texts.map((_, index) => index + 1))
  for (const { messages } of [bob, web]) expect(messages.map(({ text }) => text)).toEqual(texts)
  expect(alice.messages).toEqual([])

  const receipt = alice.next('receipt', ({ readSeq }) => readSeq === texts.length)
  await bob.client.markRead('dm/alice/bob', texts.length)
  expect(await receipt).toMatchObject({ conversationId: 'dm/alice/bob', userId: 'bob' })
  const { conversations } = await bob.client.conversations()
  expect(conversations).toMatchObject([{ peer: 'alice', lastSeq: 600, readSeq: 600, unread: 0, lastMessage: { text: 'message 599' } }])
  const page = await alice.client.history({ with: 'bob' }, { before: 11, limit: 3 })
  expect([page.messages.map(({ seq }) => seq), page.more]).toEqual([[8, 9, 10], true])

  const phones = ['one', 'two'].map((deviceId) => ({ ...options('carol'), deviceId, deviceClass: 'phone' as const }))
  await using one = new WatchedClient(`tcp://${second.tcp}`, phones[0])
  await one.client.ready()
  await using two = new WatchedClient(`tcp://${second.tcp}`, phones[1])
  expect(await one.closed).toMatchObject({ code: 'displaced', by: { deviceId: 'two', deviceClass: 'phone' } })
  one.client.reconnect()
  expect(await two.closed).toMatchObject({ code: 'displaced', by: { deviceId: 'one' } })

  await Promise.all([alice, bob, web, one, two].map(({ client }) => client.close()))
  second.program.child.kill('SIGTERM')
  expect((await second.program.ended).status).toBe(0)
})
