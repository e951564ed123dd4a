import { afterAll, beforeAll, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { decodeBody, type Frame } from '../../shared/frame.ts'
import type { Conversation, SyncAck } from '../../shared/gen/hawser.ts'
import { WatchedClient } from '../client/watched-client.ts'
import { LoneCore, OWN_DOORS } from '../support/lone-core.ts'
import type { WirePeer } from '../support/wire-peer.ts'

const CONVERSATIONS = 300

let server: LoneCore
beforeAll(async () => {
  server = await LoneCore.start()
})
afterAll(() => server?.dispose())

test.each(OWN_DOORS)('Y3: by %s, what one copy of a user has acknowledged is listed as delivered to the next one at once', async (door) => {
  const user = `reader-${door}`
  await using owner = new WatchedClient(`tcp://${server.core.tcp}`, { token: () => server.signer.token(`owner-${door}`) })
  const ids = Array.from({ length: CONVERSATIONS }, (_, i) => `${door}-${i}`)
  await Promise.all(ids.map((id) => owner.client.createGroup({ id, name: 'g', members: [user] })))

  const first = await server.login(door, user, { instanceId: 'first' })
  expect((await list(first)).map(({ deliveredSeq }) => deliveredSeq)).toEqual(new Array(CONVERSATIONS).fill(0))
  first.send(Command.DELIVER_ACK, 0, { positions: ids.map((id) => ({ conversationId: `group/${id}`, seq: 1 })) })
  await first.ask(Command.PING, 3, {})
  // Two at once: one of them finds the other at it.
  const second = await server.login(door, user, { instanceId: 'second' })
  const lists = await Promise.all([list(second, 2), list(second, 3)])
  for (const listed of lists) expect(listed.map(({ deliveredSeq }) => deliveredSeq)).toEqual(new Array(CONVERSATIONS).fill(1))
})

async function list(peer: WirePeer, requestId = 2): Promise<readonly Conversation[]> {
  const conversations: Conversation[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const answer: Frame = await peer.ask(Command.SYNC, requestId, { page: undefined, list: { cursor, limit: 500 } })
    const page: SyncAck['list'] = decodeBody(Command.SYNC_ACK, answer.body).list
    conversations.push(...(page?.conversations ?? []))
    cursor = page?.nextCursor || undefined
  }
  return conversations
}
