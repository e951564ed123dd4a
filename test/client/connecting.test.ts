import { expect, test } from 'vitest'
import { ClosedError, connect } from '../../client/node.ts'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { Intent } from '../../shared/gen/hawser.ts'
import { ManualClock } from './manual-clock.ts'
import { message, ScriptedServer } from './scripted-server.ts'
import { WatchedClient } from './watched-client.ts'

test('LOGIN says who and what connects; later ones are automatic and name the generation', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url, { token: 't', deviceId: 'd', deviceClass: 'phone', client: 'app/1' })
  const first = await server.accept()
  const login = await first.login('alice', { generation: 7 })
  expect(login).toMatchObject({ token: 't', deviceId: 'd', deviceClass: 1, client: 'app/1', intent: Intent.PERSON, generation: 0 })
  first.destroy()
  const second = await server.accept()
  expect(await second.login('alice', { generation: 8 })).toEqual({ ...login, intent: Intent.AUTOMATIC, generation: 7 })
  second.close(CODES.going_away.close)
  const third = await server.accept()
  expect(await third.login('alice')).toEqual({ ...login, intent: Intent.AUTOMATIC, generation: 8 })
  expect(alice.states.slice(0, 5)).toEqual(['syncing', 'waiting', 'connecting', 'syncing', 'waiting'])
  third.destroy()
})

test('L5: a displaced client stops, says who displaced it, and comes back when its person asks', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const connection = await server.session('alice', [], { generation: 3 })
  await alice.client.ready()
  const pending = alice.client.send({ to: 'bob' }, 'hello')
  await connection.next(Command.SEND)
  connection.send(Command.KICK, 0, { deviceClass: 1, deviceId: 'other', client: 'app/2', at: 99, generation: 4 })
  connection.close(CODES.displaced.close, 'displaced by another login')
  const reason = {
    code: 'displaced',
    number: CODES.displaced.close,
    message: 'displaced by another login',
    by: { deviceClass: 'phone', deviceId: 'other', client: 'app/2', at: 99, generation: 4 },
  }
  expect(await alice.closed).toEqual(reason)
  expect(alice.client.state).toBe('closed')
  await expect(pending).rejects.toEqual(new ClosedError(await alice.closed))
  await expect(pending).rejects.toMatchObject({ reason })
  await expect(alice.client.send({ to: 'bob' }, 'more')).rejects.toThrow('displaced by another login')
  await expect(alice.client.ready()).rejects.toThrow('displaced by another login')

  alice.client.reconnect()
  const again = await server.accept()
  expect(await again.login('alice', { generation: 5 })).toMatchObject({ intent: Intent.PERSON, generation: 3 })
  await again.list([])
  await alice.client.ready()
  again.destroy()
})

test.each(['token_invalid', 'denied', 'kicked'] as const)('E2: after the close %s the client stops', async (code) => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const ready = alice.client.ready().catch((error: ClosedError) => error.reason.code)
  const connection = await server.accept()
  await connection.next(Command.LOGIN)
  connection.close(CODES[code].close)
  expect(await alice.closed).toEqual({ code, number: CODES[code].close, message: CODES[code].meaning })
  expect(await ready).toBe(code)
})

test('L4: replaced by an attempt of its own that came late, the client comes back', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const first = await server.accept()
  await first.login('alice')
  first.close(CODES.replaced.close)
  const second = await server.accept()
  expect(await second.login('alice')).toMatchObject({ intent: Intent.AUTOMATIC })
  await second.list([])
  await alice.client.ready()
  second.destroy()
})

test('E2: an expired token is fetched anew at once, and with back-off where that does not help', async () => {
  await using server = await ScriptedServer.start()
  let fetched = 0
  await using alice = new WatchedClient(server.url, { token: async () => `token ${++fetched}` })
  for (const token of ['token 1', 'token 2', 'token 3']) {
    const connection = await server.accept()
    expect((await connection.next(Command.LOGIN)).body.token).toBe(token)
    connection.close(CODES.token_expired.close)
  }
  const connection = await server.accept()
  await connection.login('alice')
  await alice.next('state', (state) => state === 'syncing')
  // Between the first and the second nothing was waited for.
  expect(alice.states).toEqual(['connecting', 'waiting', 'connecting', 'waiting', 'connecting', 'syncing'])
  connection.destroy()
})

test('E2: where the source gives the expired token again, it is waited for', async () => {
  await using server = await ScriptedServer.start()
  const clock = new ManualClock()
  let fetched = 0
  await using alice = new WatchedClient(server.url, {
    token: () => (++fetched < 3 ? 'old' : 'new'),
    clock,
    random: () => 0.5,
    backoff: { baseMs: 1000, maxMs: 1000 },
  })
  const connection = await server.accept()
  const waiting = alice.next('state', (state) => state === 'waiting')
  await connection.next(Command.LOGIN)
  connection.close(CODES.token_expired.close)
  await waiting
  expect([fetched, alice.client.failure?.code]).toEqual([2, 'token_expired'])
  clock.advance(500)
  const second = await server.accept()
  expect((await second.next(Command.LOGIN)).body.token).toBe('new')
  second.destroy()
})

test('E2: a login whose session ends with its token at once is tried once more at once, then with back-off', async () => {
  await using server = await ScriptedServer.start()
  const clock = new ManualClock()
  let fetched = 0
  await using alice = new WatchedClient(server.url, {
    token: () => `token ${++fetched}`,
    clock,
    random: () => 0.5,
    backoff: { baseMs: 1000, maxMs: 1000 },
  })
  const waiting = alice.next('state', (state) => state === 'waiting')
  for (let i = 0; i < 2; i++) {
    const connection = await server.session('alice')
    connection.close(CODES.token_expired.close)
    await connection.ended
  }
  await waiting
  expect(fetched).toBe(2)
})

test('E2: an expired token that is the only one ends it', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const connection = await server.accept()
  await connection.next(Command.LOGIN)
  connection.close(CODES.token_expired.close)
  expect((await alice.closed).code).toBe('token_expired')
})

test('a token that cannot be fetched is asked for again', async () => {
  await using server = await ScriptedServer.start()
  let asked = 0
  await using alice = new WatchedClient(server.url, {
    token: () => {
      if (++asked === 1) throw new Error('offline')
      return 'token'
    },
  })
  await alice.next('state', (state) => state === 'waiting')
  expect(alice.client.failure?.message).toBe('no token: offline')
  const connection = await server.session('alice')
  await alice.client.ready()
  expect(alice.client.failure).toBeUndefined()
  connection.destroy()
})

test('a LOGIN that is not answered, and a server that speaks something else', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url, { requestTimeoutMs: 50 })
  const silent = await server.accept()
  await alice.next('state', (state) => state === 'waiting')
  expect(alice.client.failure?.message).toBe('no answer to LOGIN within 50 ms')
  await silent.ended
  const wrong = await server.accept()
  wrong.sendBytes('HTTP/1.1 400 Bad Request\r\n\r\n')
  expect(await alice.closed).toMatchObject({
    code: 'frame_too_large',
    message: expect.stringContaining('The server sent what is no frame'),
  })
})

test('a refused LOGIN ends it with what was wrong', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url, { deviceId: 'x'.repeat(200) })
  const connection = await server.accept()
  const { requestId } = await connection.next(Command.LOGIN)
  connection.send(Command.ERROR, requestId, { code: 'field_invalid', message: 'deviceId is too long', field: 'deviceId', retryAfterMs: 0 })
  expect((await alice.closed).message).toBe('LOGIN was refused: deviceId is too long')
})

test('GOAWAY puts off the return; a person who asks need not wait', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const connection = await server.session('alice')
  await alice.client.ready()
  const waiting = alice.next('state', (state) => state === 'waiting')
  connection.send(Command.GOAWAY, 0, { reason: 'restart', reconnectAfterMs: 3_600_000 })
  connection.close(CODES.going_away.close)
  await waiting
  alice.client.reconnect()
  const again = await server.session('alice')
  await alice.client.ready()
  again.destroy()
})

test.each([
  ['a session that it ends comes back just then', 'going_away', 0],
  ['a LOGIN that it refuses waits for its back-off as well', 'overloaded', 500],
] as const)('E4: after GOAWAY %s', async (_what, code, backoffMs) => {
  await using server = await ScriptedServer.start()
  const clock = new ManualClock()
  await using alice = new WatchedClient(server.url, { clock, random: () => 0.5, backoff: { baseMs: 1000, maxMs: 1000 } })
  const connection = code === 'going_away' ? await server.session('alice') : await server.accept()
  const waiting = alice.next('state', (state) => state === 'waiting')
  if (code === 'going_away') await alice.client.ready()
  else await connection.next(Command.LOGIN)
  connection.send(Command.GOAWAY, 0, { reason: 'drain', reconnectAfterMs: 3000 })
  connection.close(CODES[code].close)
  await waiting
  clock.advance(3000 + backoffMs - 1)
  expect(alice.client.state).toBe('waiting')
  clock.advance(1)
  expect(alice.client.state).toBe('connecting')
  // That fails: the back-off goes on from its beginning.
  const again = await server.accept()
  const failed = alice.next('state', (state) => state === 'waiting')
  again.destroy()
  await failed
  clock.advance(500)
  expect(alice.client.state).toBe('connecting')
  const last = await server.session('alice')
  await alice.client.ready()
  last.destroy()
})

test('L6: close acknowledges what was shown, logs out, gives up what waits and is final', async () => {
  await using server = await ScriptedServer.start()
  const alice = new WatchedClient(server.url)
  const connection = await server.session('alice')
  await alice.client.ready()
  const pending = alice.client.history({ with: 'bob' }).catch((error: Error) => error.message)
  await connection.next(Command.SYNC)
  const closing = alice.client.close()
  await connection.next(Command.LOGOUT)
  await expect(alice.client.send({ to: 'bob' }, 'late')).rejects.toThrow('The client was closed.')
  connection.close(CODES.logged_out.close)
  await closing
  expect(await alice.closed).toEqual({ code: 'closed_by_user', number: 1000, message: 'The client was closed.' })
  expect(await pending).toBe('The client was closed.')
  alice.client.reconnect()
  expect(alice.client.state).toBe('closed')
  await connection.ended
})

test('close in a listener acknowledges that message and nothing after it', async () => {
  await using server = await ScriptedServer.start()
  const alice = new WatchedClient(server.url)
  const connection = await server.session('alice')
  await alice.client.ready()
  const closing = alice.next('message', ({ seq }) => seq === 2).then(() => alice.closed)
  alice.client.on('message', ({ seq }) => {
    if (seq === 2) void alice.client.close()
  })
  connection.deliver(message(1), message(2), message(3))
  expect(await connection.acked()).toEqual({ 'dm/alice/bob': 2 })
  await connection.next(Command.LOGOUT)
  connection.close(CODES.logged_out.close)
  await closing
  expect(alice.seqs).toEqual([1, 2])
})

test('a URL that no transport can open is refused at once', () => {
  expect(() => connect('ftp://x', { token: '' })).toThrow(
    'cannot connect to "ftp://x": it begins with none of tcp:, tls:, ws:, wss:, http:, https:',
  )
})
