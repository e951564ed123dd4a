import { expect, test } from 'vitest'
import { RequestIds } from '../../client/identifiers.ts'
import { RequestError } from '../../client/node.ts'
import { Outbox } from '../../client/outbox.ts'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { ManualClock } from './manual-clock.ts'
import { conversation, message, ScriptedServer } from './scripted-server.ts'
import { WatchedClient } from './watched-client.ts'

test('a send before the login waits, and its acknowledgement says where the message is', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const sent = alice.client.send({ to: 'bob' }, 'grüß dich', { clientMessageId: 'mine' })
  const connection = await server.accept()
  await connection.login('alice')
  const { requestId, body } = await connection.next(Command.SEND)
  expect(body).toMatchObject({ clientMessageId: 'mine', toUser: 'bob', conversationId: '', contentType: 'text/plain' })
  expect(new TextDecoder().decode(body.content)).toBe('grüß dich')
  connection.acknowledged(requestId, 7)
  expect(await sent).toEqual({
    conversationId: 'dm/alice/bob',
    seq: 7,
    messageId: 'm7',
    sentAt: 1,
    durability: 'fsynced',
    duplicate: false,
    clientMessageId: 'mine',
  })
  connection.destroy()
})

test('S3: what was not acknowledged is sent again after a reconnect, in its order and under the same ids', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const first = await server.session('alice')
  await alice.client.ready()
  const results = [1, 2, 3].map((n) => alice.client.send({ to: 'bob' }, `${n}`))
  await first.acknowledge(1)
  const ids = [(await first.next(Command.SEND)).body.clientMessageId, (await first.next(Command.SEND)).body.clientMessageId]
  first.destroy()
  const fourth = alice.client.send({ to: 'bob' }, '4')
  const second = await server.accept()
  await second.login('alice', { generation: 2 })
  const again = [await second.acknowledge(2), await second.acknowledge(3), await second.acknowledge(4)]
  expect(again.map(({ content }) => new TextDecoder().decode(content))).toEqual(['2', '3', '4'])
  expect(again.slice(0, 2).map(({ clientMessageId }) => clientMessageId)).toEqual(ids)
  expect((await Promise.all([...results, fourth])).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  second.destroy()
})

test('a message of its own that the client pulls before its acknowledgement is not shown', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const connection = await server.session('alice')
  await alice.client.ready()
  const sent = alice.client.send({ to: 'bob' }, 'hello')
  const shown = alice.next('message')
  const { requestId, body } = await connection.next(Command.SEND)
  connection.send(Command.GAP, 0, { conversationId: 'dm/alice/bob', lastSeq: 2 })
  await connection.page('dm/alice/bob', [{ ...message(1, 'alice'), clientMessageId: body.clientMessageId }, message(2, 'alice')])
  await shown
  connection.acknowledged(requestId, 1)
  await sent
  expect(alice.seqs).toEqual([2])
  connection.destroy()
})

test('S4: its own message leaves no hole in what the client receives', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const connection = await server.session('alice', [conversation(3, { readSeq: 3 })])
  await alice.client.ready()
  const sent = alice.client.send({ to: 'bob' }, 'hello')
  await connection.acknowledge(4)
  await sent
  connection.deliver(message(5))
  expect(await connection.acked()).toEqual({ 'dm/alice/bob': 5 })
  expect(alice.seqs).toEqual([5])
  connection.destroy()
})

test('S6: what is scheduled has no place yet, and its conversation is not waited for', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const sent = alice.client.send({ to: 'bob' }, 'later', { sendAt: 99 })
  const connection = await server.accept()
  await connection.login('alice')
  const { requestId, body } = await connection.next(Command.SEND)
  expect([body.sendAt, body.details]).toEqual([99, undefined])
  const nowhere = { seq: 0, messageId: '', sentAt: 0, durability: 1, duplicate: false, digest: 0 } as const
  connection.send(Command.SEND_ACK, requestId, { conversationId: 'dm/alice/bob', ...nowhere, scheduledFor: 99 })
  expect(await sent).toMatchObject({ seq: 0, scheduledFor: 99 })
  await connection.list([])
  await alice.client.ready()
  connection.destroy()
})

test('E1: an error rejects its request; one that may pass is tried again', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const connection = await server.session('alice')
  await alice.client.ready()
  const sent = alice.client.send({ to: 'bob' }, 'hello')
  const { requestId } = await connection.next(Command.SEND)
  connection.send(Command.ERROR, requestId, { code: 'rate_limited', message: 'slowly', field: '', retryAfterMs: 1 })
  const again = await connection.next(Command.SEND)
  connection.send(Command.ERROR, again.requestId, { code: 'content_too_large', message: 'too long', field: 'content', retryAfterMs: 0 })
  const error = await sent.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RequestError)
  expect(error).toMatchObject({ code: 'content_too_large', message: 'too long', field: 'content' })
  connection.destroy()
})

test('a request without an answer is given up after its time', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url, { requestTimeoutMs: 50 })
  const connection = await server.session('alice')
  await alice.client.ready()
  await expect(alice.client.history({ with: 'bob' })).rejects.toThrow('did not answer within 50 ms')
  connection.destroy()
})

/** An outbox and the texts that it writes. */
function outbox() {
  const clock = new ManualClock()
  const box = new Outbox(new RequestIds(), clock, () => {})
  const written: { requestId: number; text: string }[] = []
  const decoder = new FrameDecoder(1 << 20)
  const write = (bytes: Uint8Array) =>
    decoder.push(bytes, ({ requestId, body }) => {
      written.push({ requestId, text: new TextDecoder().decode(decodeBody(Command.SEND, body).content) })
      return true
    })
  const send = (text: string) =>
    box.send({ clientMessageId: text, toUser: 'bob', conversationId: '', contentType: '', content: new TextEncoder().encode(text) })
  const acknowledge = (requestId: number) =>
    box.acknowledge(requestId, { conversationId: 'c', seq: 1, messageId: 'm', sentAt: 1, durability: 2, duplicate: true, digest: 1 })
  return { clock, box, written, write, send, acknowledge, texts: () => written.map(({ text }) => text) }
}

test('while a send waits for its retry nothing newer is sent; then it goes first', async () => {
  const { clock, box, written, write, send, acknowledge, texts } = outbox()
  box.connected(write)
  const results = ['a', 'b'].map(send)
  box.refuse(written[0]?.requestId ?? 0, new RequestError('storage_unavailable', 'later', { retryAfterMs: 500 }))
  results.push(send('c'))
  expect(texts()).toEqual(['a', 'b'])
  clock.advance(500)
  expect(texts()).toEqual(['a', 'b', 'a', 'c'])
  for (const requestId of new Set(written.map((frame) => frame.requestId))) acknowledge(requestId)
  expect(await Promise.all(results)).toMatchObject([{ durability: 'replicated', duplicate: true }, {}, {}])
})

test('a long backlog goes out a window at a time, in order', () => {
  const { box, written, write, send, acknowledge, texts } = outbox()
  const all = Array.from({ length: 200 }, (_, index) => `${index}`)
  for (const text of all) void send(text)
  box.connected(write)
  expect(written.length).toBe(64)
  for (let done = 0; done < 200; done++) acknowledge(written[done]?.requestId ?? 0)
  expect(texts()).toEqual(all)
})

test('N5: a name that cannot be is refused before anything waits or goes out', async () => {
  await using server = await ScriptedServer.start()
  await using alice = new WatchedClient(server.url)
  const invalid = (field: string) => ({ name: 'RequestError', code: 'field_invalid', field })
  for (const name of ['', 'b c', 'b\u0000', 'b\u0085', 'b\u202e', 'b\u200f', 'b\ud800', 'x'.repeat(129)]) {
    const direct = { conversationId: `dm/alice/${name}` }
    if (name !== '') await expect(alice.client.send({ to: name }, 'hi'), name).rejects.toMatchObject(invalid('to_user'))
    await expect(alice.client.send(direct, 'hi'), name).rejects.toMatchObject(invalid('conversation_id'))
    await expect(alice.client.watch(['bob', name]), name).rejects.toMatchObject(invalid('users'))
    if (name === 'b c') continue
    await expect(alice.client.joinRoom(name), name).rejects.toMatchObject(invalid('room_id'))
    await expect(alice.client.send({ to: 'bob' }, 'hi', { clientMessageId: name }), name).rejects.toMatchObject(
      invalid('client_message_id'),
    )
  }
  for (const conversationId of ['', 'dm/b/a', 'dm/a%2fb/c', 'dm/a/b/c', 'group/a b', 'nonsense'])
    await expect(alice.client.send({ conversationId }, 'hi')).rejects.toMatchObject(invalid('conversation_id'))
})
