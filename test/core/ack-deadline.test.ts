import { afterAll, beforeAll, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { Direction } from '../../shared/gen/hawser.ts'
import { CoreProcess } from '../support/core-process.ts'
import { type TokenSigner, tokenSigner } from '../support/tokens.ts'
import { WirePeer } from '../support/wire-peer.ts'

let core: CoreProcess
let signer: TokenSigner
beforeAll(async () => {
  signer = tokenSigner()
  core = await CoreProcess.start({ tokenKey: signer.publicPem, env: { HAWSER_ACK_TIMEOUT_MS: '300' } })
})
afterAll(() => core?.dispose())

async function login(user: string): Promise<WirePeer> {
  const peer = await WirePeer.tcp(core.tcp)
  await peer.login(await signer.token(user))
  return peer
}

const message = (toUser: string, clientMessageId: string) => ({
  clientMessageId,
  toUser,
  conversationId: '',
  contentType: '',
  content: Buffer.from(clientMessageId),
})

test('R7: who does not acknowledge is told to pull, twice, and then closed as stalled; what it missed is in the log', async () => {
  const [alice, bob] = [await login('alice'), await login('bob')]
  await alice.ask(Command.SEND, 2, message('bob', 'm1'))
  await bob.nextOf(Command.DELIVER)
  expect(await bob.nextOf(Command.GAP)).toMatchObject({ conversationId: 'dm/alice/bob', lastSeq: 1 })
  expect(await bob.nextOf(Command.GAP)).toMatchObject({ conversationId: 'dm/alice/bob', lastSeq: 1 })
  expect((await bob.closed).code).toBe(CODES.stalled.close)
  const back = await login('bob')
  const list = decodeBody(Command.SYNC_ACK, (await back.ask(Command.SYNC, 2, { page: undefined, list: { cursor: '', limit: 0 } })).body)
  expect(list.list?.conversations).toMatchObject([{ lastSeq: 1, deliveredSeq: 0, unread: 1 }])
})

test('R3: a pull from where it is opens the window, and moves no delivered position', async () => {
  const [erin, frank] = [await login('erin'), await login('frank')]
  await erin.ask(Command.SEND, 2, message('frank', 'm1'))
  const { conversationId } = await frank.nextOf(Command.DELIVER)
  const query = { conversationId, withUser: '', direction: Direction.FORWARD, fromSeq: 1, limit: 10, epoch: 0, digest: 0 }
  await frank.ask(Command.SYNC, 2, { page: query, list: undefined })
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(frank.frames.filter(({ command }) => command === Command.GAP)).toEqual([])
  const list = decodeBody(Command.SYNC_ACK, (await frank.ask(Command.SYNC, 3, { page: undefined, list: { cursor: '', limit: 0 } })).body)
  expect(list.list?.conversations).toMatchObject([{ lastSeq: 1, deliveredSeq: 0 }])
})

test('R7: an acknowledgement, and a pull with one, keep the session', async () => {
  const [carol, dave] = [await login('carol'), await login('dave')]
  await carol.ask(Command.SEND, 2, message('dave', 'm1'))
  const { conversationId } = await dave.nextOf(Command.DELIVER)
  await dave.nextOf(Command.GAP)
  const query = { conversationId, withUser: '', direction: Direction.FORWARD, fromSeq: 0, limit: 10, epoch: 0, digest: 0 }
  await dave.ask(Command.SYNC, 2, { page: query, list: undefined })
  dave.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId, seq: 1 }] })
  // Pushed again, and acknowledged at once: no reminder comes for the next second.
  await carol.ask(Command.SEND, 3, message('dave', 'm2'))
  expect((await dave.nextOf(Command.DELIVER)).seq).toBe(2)
  dave.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId, seq: 2 }] })
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(dave.frames.filter(({ command }) => command === Command.GAP)).toEqual([])
  expect((await dave.ask(Command.PING, 9, {})).command).toBe(Command.PONG)
})
