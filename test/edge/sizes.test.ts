import { describe, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { DEFAULT_MAX_FRAME_BYTES, decodeBody, encodeRawFrame } from '../../shared/frame.ts'
import type { Attribute } from '../../shared/gen/hawser.ts'
import { ANSWER_BYTES, ITEM_BYTES } from '../../tcp-core/log/reads/answer-items.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'

const attributes: Attribute[] = Array.from({ length: 16 }, (_, i) => ({ key: `${i}`.padEnd(64, 'k'), value: 'v'.repeat(1024) }))
const message = { conversationId: '', clientMessageId: 'a', contentType: '', sendAt: 0, change: undefined }

async function lives(peer: WirePeer, id: number): Promise<void> {
  expect((await peer.ask(Command.PING, id, {})).command).toBe(Command.PONG)
}

// An edge has no setting for sizes: it passes what any core before it may be set to.
describe.each([
  ['the least frame', { frame: ANSWER_BYTES, content: ANSWER_BYTES - ITEM_BYTES }],
  ['the longest frame that is taken with an edge', { frame: DEFAULT_MAX_FRAME_BYTES, content: DEFAULT_MAX_FRAME_BYTES - ITEM_BYTES }],
] as const)('with %s', (_, { frame, content }) => {
  test('a message as long as it may be goes through the edge both ways; a longer frame ends its own channel, and no other', async () => {
    const house = await House.start({
      env: { HAWSER_MAX_FRAME_BYTES: String(frame), HAWSER_MAX_CONTENT_BYTES: String(content) },
    })
    try {
      const [alice, bob] = await Promise.all([house.login('edge', 'alice'), house.login('edge', 'bob')])
      const details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, forward: undefined, attributes, expiresAt: 0 }
      const heard = bob.nextOf(Command.DELIVER)
      const said = await alice.ask(Command.SEND, 2, { ...message, toUser: 'bob', details, content: new Uint8Array(content) })
      expect(said.command).toBe(Command.SEND_ACK)
      expect((await heard).content).toHaveLength(content)
      const longer = await alice.ask(Command.SEND, 3, {
        ...message,
        clientMessageId: 'b',
        toUser: 'bob',
        details: undefined,
        content: new Uint8Array(content + 1),
      })
      expect(decodeBody(Command.ERROR, longer.body)).toMatchObject({ code: 'content_too_large' })
      alice.bytes(encodeRawFrame(Command.SEND, 4, new Uint8Array(frame + 1)))
      expect(await alice.closed).toMatchObject({ code: CODES.frame_too_large.close })
      await lives(bob, 5)
      const { body } = await house.core.admin('/edge')
      expect(body as unknown).toMatchObject({ uplinks: [{ owner: true }] })
    } finally {
      await house.dispose()
    }
  })
})

test('a core that takes longer frames than its edge does not start, and says both names', async () => {
  const starting = House.start({ env: { HAWSER_MAX_FRAME_BYTES: String(DEFAULT_MAX_FRAME_BYTES + 1) } })
  await expect(starting).rejects.toThrow(/HAWSER_MAX_FRAME_BYTES.*HAWSER_EDGE/)
})

test('a change that is too large is refused by its own name and the limit in bytes', async () => {
  const house = await House.start()
  try {
    const alice = await house.login('edge', 'alice')
    const members = Array.from({ length: 499 }, (_, i) => `m${i}`.padEnd(128, '.'))
    const create = {
      name: 'n'.repeat(256),
      description: 'd'.repeat(4096),
      avatar: 'a'.repeat(2048),
      attributes,
      members,
      settings: undefined,
    }
    const none = { ...message, toUser: '', conversationId: 'group/1', details: undefined, content: new Uint8Array(0) }
    // All that is legal at once is taken, and comes back in a list.
    const most = await alice.ask(Command.SEND, 2, { ...none, change: { create } })
    expect(most.command).toBe(Command.SEND_ACK)
    const listed = await alice.ask(Command.SYNC, 3, { list: { cursor: '', limit: 500 } })
    expect(decodeBody(Command.SYNC_ACK, listed.body).list?.conversations[0]?.lastMessage?.change?.create?.members).toHaveLength(499)
    const tooLarge = { ...create, description: 'd'.repeat(120_000) }
    const { body } = await alice.ask(Command.SEND, 4, { ...none, clientMessageId: 'other', change: { create: tooLarge } })
    expect(decodeBody(Command.ERROR, body)).toMatchObject({
      code: 'field_invalid',
      field: 'create',
      message: expect.stringMatching(/^"create" has \d+ bytes; at most 114688 are taken\.$/),
    })
    await lives(alice, 5)
  } finally {
    await house.dispose()
  }
})
