import { expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { ManualClock } from './manual-clock.ts'
import { message, ScriptedServer } from './scripted-server.ts'
import { WatchedClient } from './watched-client.ts'

/** What says when it expires; nobody here checks its signature. */
const token = (expiresAt: number) => `header.${Buffer.from(JSON.stringify({ exp: expiresAt / 1000 })).toString('base64url')}.signature`

test('L7: a fresh token is handed in before the one in use expires, and again before that one does', async () => {
  const clock = new ManualClock()
  const tokens: string[] = []
  const fetchToken = () => {
    tokens.push(token(clock.now() + 20_000))
    return tokens.at(-1) as string
  }
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url, { token: fetchToken, clock })
  const connection = await server.session('alice', [], { heartbeatTimeoutMs: 200_000 })
  await alice.client.ready()
  for (const count of [2, 3]) {
    clock.advance(15_999)
    expect(tokens).toHaveLength(count - 1)
    clock.advance(1)
    expect(tokens).toHaveLength(count)
    const { body } = await connection.next(Command.LOGIN)
    expect(body.token).toBe(tokens.at(-1))
  }
  expect(alice.client.state).toBe('online')
  connection.destroy()
})

test('L7: a renewal that is refused is tried again when it may help, and the session goes on', async () => {
  const clock = new ManualClock()
  let fetched = 0
  await using server = await ScriptedServer.start()
  const fetchToken = () => token(clock.now() + 20_000 + ++fetched)
  await using alice = new WatchedClient(server.url, { token: fetchToken, clock })
  const connection = await server.session('alice', [], { heartbeatTimeoutMs: 200_000 })
  await alice.client.ready()
  clock.advance(16_001)
  const { requestId } = await connection.next(Command.LOGIN)
  connection.send(Command.ERROR, requestId, { code: 'token_refused', message: 'not yet', field: 'token', retryAfterMs: 30_000 })
  // What comes after it has been taken.
  const heard = alice.next('message', ({ seq }) => seq === 1)
  connection.deliver(message(1))
  await heard
  clock.advance(29_999)
  expect(fetched).toBe(2)
  clock.advance(1)
  await connection.next(Command.LOGIN)
  expect([fetched, alice.client.state]).toEqual([3, 'online'])
  connection.destroy()
})

test('a token that is fixed, or does not say when it expires, is not handed in again', async () => {
  const clock = new ManualClock()
  await using server = await ScriptedServer.start()
  for (const source of [token(clock.now() + 20_000), () => 'opaque']) {
    await using alice = new WatchedClient(server.url, { token: source, clock })
    const connection = await server.session('alice')
    await alice.client.ready()
    const before = clock.waiting
    expect(before).toBe(1) // the heartbeat
    connection.destroy()
  }
})
