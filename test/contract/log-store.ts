import { expect, test } from 'vitest'
import { Direction, readSyncAck } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import type { Append, AppendOutcome, LogStore } from '../../tcp-core/log/log-store.ts'

/** A store under test that can be closed and opened again on the same data. */
export interface StoreUnderTest {
  readonly store: LogStore
  reopen(): Promise<LogStore>
}

const decoded = (bytes: Uint8Array) => readSyncAck(new ProtobufReader(bytes))

export function append(store: LogStore, message: Partial<Append> & { clientMessageId: string }): Promise<AppendOutcome> {
  return new Promise((settled) => {
    store.append({
      sender: 'alice',
      conversationId: 'dm/alice/bob',
      contentType: 'text/plain',
      content: Buffer.from(message.clientMessageId),
      sentAt: 1,
      ...message,
      settled,
    })
  })
}

async function page(store: LogStore, fromSeq: number, direction: Direction = Direction.FORWARD, limit = 100) {
  const result = await store.page({ userId: 'alice', conversationId: 'dm/alice/bob', direction, fromSeq, limit, epoch: 0, digest: 0 })
  return { ...result, page: decoded(result.syncAck).page }
}

const seqs = (result: Awaited<ReturnType<typeof page>>) => result.page?.messages.map((message) => message.seq)

/** The duties of a LogStore; `open` gives a fresh, empty one. */
export function testLogStore(open: () => Promise<StoreUnderTest>): void {
  test('counts seq from 1 in each conversation, in the order of the calls', async () => {
    const { store } = await open()
    const outcomes = await Promise.all([
      append(store, { clientMessageId: 'a' }),
      append(store, { clientMessageId: 'b', conversationId: 'dm/alice/carol' }),
      append(store, { clientMessageId: 'c' }),
      append(store, { clientMessageId: 'a', sender: 'bob' }),
    ])
    expect(outcomes).toMatchObject([
      { kind: 'stored', seq: 1 },
      { kind: 'stored', seq: 1 },
      { kind: 'stored', seq: 2 },
      { kind: 'stored', seq: 3 },
    ])
    const ids = outcomes.map((outcome) => 'messageId' in outcome && outcome.messageId)
    expect(new Set(ids).size).toBe(4)
  })

  test('settles in the order of the calls', async () => {
    const { store } = await open()
    const order: number[] = []
    await Promise.all(Array.from({ length: 5000 }, (_, i) => append(store, { clientMessageId: `m${i}` }).then(() => order.push(i))))
    expect(order).toEqual(Array.from({ length: 5000 }, (_, i) => i))
  })

  test('knows a message again: in the same batch, in a later one, and after it was opened anew', async () => {
    const { store, reopen } = await open()
    const [first, twice] = await Promise.all([
      append(store, { clientMessageId: 'a', sentAt: 5 }),
      append(store, { clientMessageId: 'a', sentAt: 6 }),
    ])
    const { follows: _, ...place } = first as Extract<AppendOutcome, { kind: 'stored' }>
    expect(place).toMatchObject({ kind: 'stored', seq: 1, sentAt: 5 })
    expect(twice).toEqual({ ...place, kind: 'duplicate' })
    expect(await append(store, { clientMessageId: 'a' })).toEqual(twice)
    const again = await reopen()
    expect(await append(again, { clientMessageId: 'a' })).toEqual(twice)
    expect(await append(again, { clientMessageId: 'b' })).toMatchObject({ kind: 'stored', seq: 2 })
  })

  test.each([
    ['content', { content: Buffer.from('other') }],
    ['content type', { contentType: 'text/html' }],
    ['conversation', { conversationId: 'dm/alice/carol' }],
  ])('says conflict for the same id with another %s, and takes no seq for it', async (_what, change) => {
    const { store } = await open()
    await append(store, { clientMessageId: 'a' })
    expect(await append(store, { clientMessageId: 'a', ...change })).toEqual({ kind: 'conflict' })
    expect(await append(store, { clientMessageId: 'b' })).toMatchObject({ seq: 2 })
  })

  test('keeps content to the byte', async () => {
    const { store } = await open()
    const content = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256)
    await append(store, { clientMessageId: 'big', content, contentType: 'application/octet-stream' })
    await append(store, { clientMessageId: 'empty', content: new Uint8Array(0) })
    const { page: found } = await page(store, 0)
    expect(found?.messages).toMatchObject([
      { sender: 'alice', clientMessageId: 'big', contentType: 'application/octet-stream', sentAt: 1, content },
      { clientMessageId: 'empty', content: new Uint8Array(0) },
    ])
  })

  test('pages both ways', async () => {
    const { store } = await open()
    await Promise.all(Array.from({ length: 10 }, (_, i) => append(store, { clientMessageId: `m${i}` })))
    const forward = await page(store, 3, Direction.FORWARD, 4)
    expect([seqs(forward), forward.more, forward.endSeq, forward.page?.lastSeq]).toEqual([[4, 5, 6, 7], true, 7, 10])
    const end = await page(store, 7, Direction.FORWARD, 3)
    expect([seqs(end), end.more]).toEqual([[8, 9, 10], false])
    const newest = await page(store, 0, Direction.BACKWARD, 3)
    expect([seqs(newest), newest.more]).toEqual([[8, 9, 10], true])
    const oldest = await page(store, 3, Direction.BACKWARD, 3)
    expect([seqs(oldest), oldest.more]).toEqual([[1, 2], false])
    const none = await store.page({
      userId: 'x',
      conversationId: 'dm/x/y',
      direction: Direction.FORWARD,
      fromSeq: 0,
      limit: 5,
      epoch: 0,
      digest: 0,
    })
    expect([none.endSeq, none.more]).toEqual([0, false])
  })

  test('a page of large messages stops early and says that there is more', async () => {
    const { store } = await open()
    await Promise.all(Array.from({ length: 8 }, (_, i) => append(store, { clientMessageId: `m${i}`, content: new Uint8Array(100_000) })))
    const first = await page(store, 0)
    expect([seqs(first), first.more]).toEqual([[1, 2], true])
  })

  test('a list of conversations with large last messages stops early and goes on from there', async () => {
    const { store } = await open()
    const content = new Uint8Array(100_000)
    const names = ['b', 'c', 'd', 'e', 'f']
    await Promise.all(names.map((name) => append(store, { conversationId: `dm/a/${name}`, sender: 'a', clientMessageId: name, content })))
    const seen: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const { list } = decoded(await store.list('a', cursor, 100))
      expect(list?.conversations.length).toBeLessThanOrEqual(2)
      seen.push(...(list?.conversations.map(({ peer }) => peer) ?? []))
      cursor = list?.nextCursor || undefined
    }
    expect(seen).toEqual(names.toReversed())
  })

  test('lists conversations, latest first, with unread and positions', async () => {
    const { store } = await open()
    await append(store, { clientMessageId: '1' })
    await append(store, { clientMessageId: '2', conversationId: 'dm/alice/carol' })
    await append(store, { clientMessageId: '3' })
    await append(store, { clientMessageId: '4', sender: 'bob' })
    await store.advance([
      { conversationId: 'dm/alice/bob', userId: 'bob', deliveredSeq: 2, readSeq: 1 },
      { conversationId: 'dm/alice/bob', userId: 'alice', deliveredSeq: 3, readSeq: 0 },
    ])
    const ofBob = decoded(await store.list('bob', '', 10)).list
    expect(ofBob?.conversations).toMatchObject([
      {
        conversationId: 'dm/alice/bob',
        peer: 'alice',
        lastSeq: 3,
        readSeq: 1,
        deliveredSeq: 2,
        unread: 1,
        peerDeliveredSeq: 3,
        peerReadSeq: 0,
      },
    ])
    const first = decoded(await store.list('alice', '', 1)).list
    expect(first?.conversations).toMatchObject([{ peer: 'bob', lastMessage: { sender: 'bob', seq: 3 }, unread: 1 }])
    const second = decoded(await store.list('alice', first?.nextCursor ?? '', 1)).list
    expect(second?.conversations).toMatchObject([{ peer: 'carol', lastSeq: 1, unread: 0 }])
    expect(second?.nextCursor).toBe('')
    expect(decoded(await store.list('nobody', '', 10)).list?.conversations).toEqual([])
  })

  test('positions move forward only, and never past the last message', async () => {
    const { store, reopen } = await open()
    await append(store, { clientMessageId: '1' })
    await append(store, { clientMessageId: '2' })
    const bob = { conversationId: 'dm/alice/bob', userId: 'bob' }
    expect(await store.advance([{ ...bob, deliveredSeq: 99, readSeq: 1 }])).toEqual([{ ...bob, deliveredSeq: 2, readSeq: 1 }])
    expect(await store.advance([{ ...bob, deliveredSeq: 1, readSeq: 0 }])).toEqual([{ ...bob, deliveredSeq: 2, readSeq: 1 }])
    const stranger = { conversationId: 'dm/alice/bob', userId: 'eve', deliveredSeq: 1, readSeq: 1 }
    expect(await store.advance([stranger])).toEqual([{ ...stranger, deliveredSeq: 0, readSeq: 0 }])
    expect(await (await reopen()).advance([{ ...bob, deliveredSeq: 0, readSeq: 0 }])).toEqual([{ ...bob, deliveredSeq: 2, readSeq: 1 }])
  })

  test('a reader that knows this history goes on; one that knows another is told so, and where to begin', async () => {
    const { store, reopen } = await open()
    const outcomes = await Promise.all(['1', '2', '3'].map((clientMessageId) => append(store, { clientMessageId })))
    const digests = outcomes.map((outcome) => ('digest' in outcome ? outcome.digest : 0))
    expect(new Set(digests).size).toBe(3)
    expect(await append(store, { clientMessageId: '2' })).toMatchObject({ kind: 'duplicate', digest: digests[1] })
    const listed = decoded(await store.list('bob', '', 1)).list?.conversations[0]
    expect([listed?.digest, listed?.lastMessage?.digest]).toEqual([digests[2], digests[2]])
    const epoch = listed?.epoch ?? 0
    expect(epoch).toBeGreaterThan(0)
    const again = await reopen()

    const ask = async (fromSeq: number, known: { epoch?: number; digest?: number | undefined }, conversationId = 'dm/alice/bob') => {
      const query = {
        userId: conversationId.split('/')[1] ?? '',
        conversationId,
        direction: Direction.FORWARD,
        fromSeq,
        limit: 10,
        epoch: known.epoch ?? 0,
        digest: known.digest ?? 0,
      }
      const result = await again.page(query)
      const { page: found } = decoded(result.syncAck)
      expect(found?.discontinuity).toBe(result.discontinuity)
      return { discontinuity: found?.discontinuity, fromSeq: found?.fromSeq, seqs: found?.messages.map(({ seq }) => seq) }
    }
    const goesOn = { discontinuity: false, fromSeq: 2, seqs: [3] }
    const startsOver = { discontinuity: true, fromSeq: 0, seqs: [1, 2, 3] }
    expect(await ask(2, {})).toEqual(goesOn)
    expect(await ask(2, { epoch })).toEqual(goesOn)
    expect(await ask(2, { epoch, digest: digests[1] })).toEqual(goesOn)
    expect(await ask(2, { digest: digests[1] })).toEqual(goesOn)
    expect(await ask(2, { epoch, digest: digests[0] })).toEqual(startsOver)
    expect(await ask(4, { epoch })).toEqual(startsOver)
    expect(await ask(2, { epoch: epoch + 1 })).toEqual(startsOver)
    // Up to 2 both histories are one; what the reader has past it is void.
    expect(await ask(2, { epoch: epoch + 1, digest: digests[1] })).toEqual({ ...goesOn, discontinuity: true })
    expect(await ask(1, { epoch: 7, digest: 7 }, 'dm/x/y')).toEqual({ discontinuity: true, fromSeq: 0, seqs: [] })
  })

  test('two stores with the same messages are two histories', async () => {
    const outcomes = [await open(), await open()].map(({ store }) => append(store, { clientMessageId: '1' }))
    const [one, other] = await Promise.all(outcomes)
    expect(one).toMatchObject({ seq: 1 })
    expect('digest' in (one ?? {}) && one).not.toMatchObject({ digest: (other as { digest: number }).digest })
  })

  test('an id that has expired may stand for another message, which has a seq of its own', async () => {
    const { store, reopen } = await open()
    await append(store, { clientMessageId: 'old', sentAt: 10 })
    await append(store, { clientMessageId: 'young', sentAt: 20 })
    await store.expireIds(20)
    await store.expireIds(20)
    const again = await reopen()
    expect(await append(again, { clientMessageId: 'young' })).toMatchObject({ kind: 'duplicate', seq: 2 })
    expect(await append(again, { clientMessageId: 'old', content: Buffer.from('new') })).toMatchObject({ kind: 'stored', seq: 3 })
    expect(await append(again, { clientMessageId: 'old', content: Buffer.from('new') })).toMatchObject({ kind: 'duplicate', seq: 3 })
    expect((await again.verify()).findings).toEqual([])
  })

  test('finds a message by its id, with how far its members are', async () => {
    const { store } = await open()
    const outcome = await append(store, { clientMessageId: 'a', content: Buffer.from('hello'), sentAt: 5 })
    const messageId = 'messageId' in outcome ? outcome.messageId : ''
    await store.advance([{ conversationId: 'dm/alice/bob', userId: 'bob', deliveredSeq: 1, readSeq: 0 }])
    const position = { conversationId: 'dm/alice/bob', deliveredSeq: 0, readSeq: 0 }
    expect(await store.find(messageId)).toEqual({
      messageId,
      conversationId: 'dm/alice/bob',
      seq: 1,
      sender: 'alice',
      clientMessageId: 'a',
      contentType: 'text/plain',
      contentBytes: 5,
      sentAt: 5,
      members: [
        { ...position, userId: 'alice' },
        { ...position, userId: 'bob', deliveredSeq: 1 },
      ],
    })
    for (const wrong of ['', 'x', `${messageId}0`, messageId.replace(/^./, 'x')]) expect(await store.find(wrong)).toBeUndefined()
  })

  test('close stores what was appended before it', async () => {
    const { store, reopen } = await open()
    const outcomes = Array.from({ length: 3000 }, (_, i) => append(store, { clientMessageId: `m${i}` }))
    const again = await reopen()
    expect((await Promise.all(outcomes)).every((outcome) => outcome.kind === 'stored')).toBe(true)
    expect((await page(again, 2999)).page?.lastSeq).toBe(3000)
    expect(await append(store, { clientMessageId: 'late' })).toMatchObject({ kind: 'failed' })
  })
}
