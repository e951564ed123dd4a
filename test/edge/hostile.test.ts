import { generateKeyPairSync } from 'node:crypto'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { decodeBody, encodeRawFrame } from '../../shared/frame.ts'
import { subprotocolsFor } from '../../shared/subprotocol.ts'
import { UPLINK_SUBPROTOCOL, UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import { House } from '../support/house.ts'
import { EdgeProcess } from './edge-process.ts'
import { PeerSocket } from './peer-socket.ts'
import { ScriptedCore } from './scripted-core.ts'

/** What doors.test.ts and bridge.test.ts do not show: a browser with a good token that wants more than its own session. */
describe('a hostile browser', () => {
  let house: House
  beforeAll(async () => {
    house = await House.start({ env: { HAWSER_SESSION_PACKETS_PER_SECOND: '500' } })
  })
  afterAll(() => house?.dispose())

  it('that speaks the language of uplinks harms nobody', async () => {
    const alice = await house.login('edge', 'alice')
    const mallory = await house.login('edge', 'mallory')
    const frames = [
      // Alice has one of the first channels.
      ...Array.from({ length: 8 }, (_, channel) => uplinkFrame.close(channel, { code: CODES.kicked.close, reason: 'gone' })),
      uplinkFrame.data(1, new Uint8Array([1])),
      uplinkFrame.multicast({ channels: [1, 2, 3], frames: new Uint8Array([1]) }),
      uplinkFrame.welcome({ coreId: 'mallory', generation: 1_000_000, startedAt: 0 }),
      uplinkFrame.open(1, { remoteAddress: '', userAgent: '', ticket: 'forged' }),
      uplinkFrame.drain(),
      encodeRawFrame(UplinkCommand.SNAPSHOT_BEGIN, 77, new Uint8Array(0)),
    ]
    mallory.bytes(Buffer.concat(frames))
    const last = await mallory.next((frame) => frame.requestId === 77)
    expect(decodeBody(Command.ERROR, last.body)).toMatchObject({ code: 'command_unknown' })
    expect((await alice.ask(Command.PING, 5, {})).command).toBe(Command.PONG)
    alice.end()
    mallory.end()
  })

  it("that sends with another user's name or session id is still itself", async () => {
    const alice = await house.login('edge', 'alice')
    const mallory = await house.login('edge', 'mallory')
    const stolen = { toUser: '', conversationId: 'dm/alice/bob', clientMessageId: 'm', contentType: '', content: Buffer.from('x') }
    const refused = await mallory.ask(Command.SEND, 2, stolen)
    expect(decodeBody(Command.ERROR, refused.body)).toMatchObject({ code: 'conversation_unknown' })
    expect((await alice.ask(Command.PING, 5, {})).command).toBe(Command.PONG)
    alice.end()
    mallory.end()
  })

  it('that floods is closed, and others do not notice', async () => {
    const alice = await house.login('edge', 'alice')
    const mallory = await house.login('edge', 'mallory')
    const ping = encodeRawFrame(Command.PING, 9, new Uint8Array(0))
    for (let sent = 0; sent < 2500; sent++) mallory.bytes(ping)
    expect(await mallory.closed).toMatchObject({ code: CODES.rate_exceeded.close })
    expect((await alice.ask(Command.PING, 5, {})).command).toBe(Command.PONG)
    alice.end()
  })
})

describe('whoever connects too often', () => {
  let edge: EdgeProcess
  beforeAll(async () => {
    edge = await EdgeProcess.start({ settings: { CONNECTS_PER_USER: '3', CONNECTS_PER_ADDRESS: '5' } })
  })
  afterAll(() => edge.dispose())

  it('is refused: a user first, then the address whatever the user', async () => {
    const refusal = async (user: string) => PeerSocket.refusedWith(edge.wsUrl, subprotocolsFor(await edge.tokens.token(user)))
    for (const user of ['alice', 'alice', 'alice']) (await edge.browser(user)).close()
    expect(await refusal('alice')).toEqual({ code: CODES.rate_exceeded.close, reason: expect.stringContaining('user') })
    for (const user of ['bob', 'carol']) (await edge.browser(user)).close()
    expect(await refusal('dave')).toEqual({ code: CODES.rate_exceeded.close, reason: expect.stringContaining('address') })
  })
})

describe('while one uplink key takes over from another', () => {
  const next = generateKeyPairSync('ed25519')
  let edge: EdgeProcess
  beforeAll(async () => {
    edge = await EdgeProcess.start()
  })
  afterAll(() => edge.dispose())

  it.each(['PEMs one after the other', 'a JWKS'])('cores with either are let in: %s', async (form) => {
    const nextPem = next.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const jwks = async () => ({ keys: [await exportJWK(edge.uplinkPublicKey), await exportJWK(next.publicKey)] })
    const both = form === 'a JWKS' ? JSON.stringify(await jwks()) : edge.uplinkPublicPem + nextPem
    await edge.stop()
    await edge.start({ settings: { UPLINK_PUBLIC_KEY: both } })
    const { core } = await ScriptedCore.connect(edge)
    core.socket.close()
    const headers = { authorization: `Bearer ${await edge.uplinkToken({ key: next.privateKey })}` }
    const newer = await PeerSocket.connect(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL], { headers })
    newer.close()
    const stranger = { authorization: `Bearer ${await edge.uplinkToken({ key: generateKeyPairSync('ed25519').privateKey })}` }
    expect(await PeerSocket.refusal(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL], { headers: stranger })).toMatchObject({ status: 401 })
  })
})
