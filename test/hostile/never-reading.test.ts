import { afterAll, beforeAll, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { decodeBody, encodeFrame } from '../../shared/frame.ts'
import { Direction } from '../../shared/gen/hawser.ts'
import type { SessionView } from '../../tcp-core/admin/session-view.ts'
import { LoneCore } from '../support/lone-core.ts'
import { MIB } from '../support/process-memory.ts'
import { rawSocket } from '../support/raw-socket.ts'
import { WirePeer } from '../support/wire-peer.ts'
import { Neighbour } from './neighbour.ts'
import { expectUnharmed } from './unharmed.ts'

let server: LoneCore
let neighbour: Neighbour
beforeAll(async () => {
  server = await LoneCore.start()
  neighbour = new Neighbour(server.core, await server.signer.token('neighbour'))
})
afterAll(async () => {
  await neighbour?.leave()
  await server?.dispose()
})

const send = (toUser: string, clientMessageId: string, bytes: number) => ({
  clientMessageId,
  toUser,
  conversationId: '',
  contentType: '',
  content: new Uint8Array(bytes),
})
const page = (conversationId: string, fromSeq: number) => ({
  page: { conversationId, withUser: '', direction: Direction.FORWARD, fromSeq, limit: 200, epoch: 0, digest: 0 },
  list: undefined,
})

async function sessionsOf(user: string): Promise<SessionView[]> {
  const answer: { body: { sessions: SessionView[] } } = await server.core.admin(`/sessions?user=${user}`)
  return answer.body.sessions
}

/** What the core holds for the user's sessions, at most, while `work` goes on. */
async function mostBuffered(user: string, work: Promise<unknown>): Promise<number> {
  let most = 0
  let over = false
  const end = work.finally(() => {
    over = true
  })
  while (!over) {
    const held = (await sessionsOf(user)).reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0)
    most = Math.max(most, held)
  }
  await end
  return most
}

const answersOf = (peer: WirePeer, requestIds: number[]) =>
  Promise.all(requestIds.map((requestId) => peer.next((frame) => frame.requestId === requestId)))

test('peers that ask for pages of 256 KiB and never read one cost a bounded amount', async () => {
  const writer = await server.login('tcp', 'greedy')
  for (let i = 0; i < 8; i++) await writer.ask(Command.SEND, 10 + i, send('greedy', `g${i}`, 60_000))
  writer.end()
  const peers = 3
  const sockets = await Promise.all(Array.from({ length: peers }, () => rawSocket(server.core.tcp)))
  await expectUnharmed('a flood of SYNC, unread', neighbour, 128, async () => {
    const flood = Buffer.concat(Array.from({ length: 600 }, (_, i) => encodeFrame(Command.SYNC, 1000 + i, page('dm/greedy/greedy', 0))))
    for (const [i, socket] of sockets.entries()) {
      await WirePeer.over(socket).login(await server.signer.token('greedy'), { instanceId: `i${i}` })
      socket.pause()
      socket.write(flood)
    }
    // While the neighbour makes as many round trips as it takes to know.
    const most = await mostBuffered('greedy', new Promise((resolve) => setTimeout(resolve, 2000)))
    console.log(`the most that the core held for each of them: ${(most / peers / MIB).toFixed(2)} MiB`)
    expect(most / peers).toBeLessThan(2 * MIB)
  })
  // They were not cut off: when they read, every request gets its answer, be it an error.
  for (const socket of sockets.slice(1)) socket.destroy()
  const [first] = sockets
  const answered = new Promise<void>((resolve) => {
    const seen = new Set<number>()
    let held = Buffer.alloc(0)
    first?.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk])
      while (held.length >= 12 && held.length >= 4 + held.readUInt32BE(0)) {
        seen.add(held.readUInt32BE(8))
        held = held.subarray(4 + held.readUInt32BE(0))
      }
      if (seen.size >= 600) resolve()
    })
  })
  first?.resume()
  await answered
  first?.destroy()
})

test('a slow reader to whom 5,000 messages come is given a GAP, costs its window, and loses nothing', async () => {
  const senders = await Promise.all(Array.from({ length: 5 }, (_, i) => server.login('tcp', `sender-${i}`)))
  const socket = await rawSocket(server.core.tcp)
  const slow = WirePeer.over(socket)
  await slow.login(await server.signer.token('slow'))
  socket.pause()
  const requestIds = Array.from({ length: 1000 }, (_, i) => 1000 + i)
  await expectUnharmed('a slow reader with 5,000 deliveries', neighbour, 96, async () => {
    const sent = Promise.all(
      senders.map((sender) => {
        for (const id of requestIds) sender.send(Command.SEND, id, send('slow', `m${id}`, 3900))
        return answersOf(sender, requestIds)
      }),
    )
    const most = await mostBuffered('slow', sent)
    console.log(`the most that the core held for it: ${(most / MIB).toFixed(2)} MiB`)
    expect(most).toBeLessThan(1.5 * MIB)
  })
  expect(await sessionsOf('slow')).toMatchObject([{ ackWait: 256 }])

  socket.resume()
  const gaps = await Promise.all(senders.map(() => slow.nextOf(Command.GAP)))
  expect(new Set(gaps.map(({ conversationId }) => conversationId)).size).toBe(senders.length)
  expect(slow.frames.filter(({ command }) => command === Command.DELIVER)).toHaveLength(256)
  let requestId = 10
  for (const { conversationId } of gaps) {
    const seqs: number[] = []
    for (let more = true; more; ) {
      const answer = await slow.ask(Command.SYNC, requestId++, page(conversationId, seqs.at(-1) ?? 0))
      const found = decodeBody(Command.SYNC_ACK, answer.body).page
      seqs.push(...(found?.messages.map(({ seq }) => seq) ?? []))
      more = found?.more ?? false
    }
    expect(seqs).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
  }
  // R4: having pulled and acknowledged, it is pushed to again.
  slow.send(Command.DELIVER_ACK, 0, { positions: gaps.map(({ conversationId }) => ({ conversationId, seq: 1000 })) })
  await slow.ask(Command.PING, requestId, {})
  slow.frames.length = 0
  senders[0]?.send(Command.SEND, 9999, send('slow', 'last', 10))
  expect(await slow.nextOf(Command.DELIVER)).toMatchObject({ clientMessageId: 'last', seq: 1001 })
})

test('a flood of READ does not keep the others from the log', async () => {
  const reader = await server.login('tcp', 'sender-0')
  const requestIds = Array.from({ length: 1500 }, (_, i) => 10_000 + i)
  await expectUnharmed('a flood of READ', neighbour, 64, async () => {
    for (const id of requestIds) reader.send(Command.READ, id, { conversationId: 'dm/sender-0/slow', seq: 1 + (id % 1000) })
    const answers = await answersOf(reader, requestIds)
    const codes = new Set(
      answers.filter(({ command }) => command === Command.ERROR).map(({ body }) => decodeBody(Command.ERROR, body).code),
    )
    console.log(`${answers.filter(({ command }) => command === Command.READ_ACK).length} of 1500 done, the others: ${[...codes]}`)
    expect([...codes]).toEqual(['rate_limited'])
  })
})
