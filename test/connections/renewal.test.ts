import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { DOORS, House } from '../support/house.ts'
import { LoneCore } from '../support/lone-core.ts'
import { tokenSigner } from '../support/tokens.ts'
import type { WirePeer } from '../support/wire-peer.ts'

async function renew(peer: WirePeer, token: string, requestId = 9): Promise<{ code: string }> {
  const fields = { deviceId: 'device', deviceClass: DeviceClass.PHONE, instanceId: '', intent: Intent.AUTOMATIC, client: '', ticket: '' }
  const frame = await peer.ask(Command.LOGIN, requestId, { ...fields, token, generation: 0 })
  return frame.command === Command.ERROR ? decodeBody(Command.ERROR, frame.body) : { code: 'renewed' }
}
async function expectAlive(peer: WirePeer): Promise<void> {
  expect((await peer.ask(Command.PING, 4242, {})).command).toBe(Command.PONG)
}

describe.each(DOORS)('L7: by the %s door a renewal', (door) => {
  let house: House
  beforeAll(async () => {
    house = await House.start()
  })
  afterAll(() => house?.dispose())

  test.each<[string, () => Promise<string> | string]>([
    ['with an expired token', () => house.signer.token('alice', { expiresIn: '-1m' })],
    ['with a token of another key', () => tokenSigner().token('alice')],
    ['with no token', () => ''],
  ])('%s is refused and the session goes on', async (_what, make) => {
    const peer = await house.login(door, 'alice')
    expect(await renew(peer, await make())).toMatchObject({ code: 'token_refused', field: 'token', retryAfterMs: 0 })
    await expectAlive(peer)
    expect(await renew(peer, await house.signer.token('alice'))).toEqual({ code: 'renewed' })
  })

  test('comes a few times a minute, whether it holds or not', async () => {
    const peer = await house.login(door, 'alice')
    const codes: string[] = []
    for (let i = 0; i < 7; i++) {
      const { code } = await renew(peer, await house.signer.token('alice', { expiresIn: i === 2 ? '-1m' : '1h' }), 10 + i)
      codes.push(code)
    }
    expect(codes).toEqual(['renewed', 'renewed', 'token_refused', 'renewed', 'renewed', 'rate_limited', 'rate_limited'])
    await expectAlive(peer)
  })
})

test('L2: with a JWKS that takes a new key, and is away, sessions go on and logins come back', async () => {
  const [old, young] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')]
  const jwk = ({ publicKey }: typeof old, kid: string) => ({ ...publicKey.export({ format: 'jwk' }), kid })
  let keys: object[] | undefined = [jwk(old, 'old')]
  const jwks = createServer((_, response) => void response.writeHead(keys ? 200 : 503).end(JSON.stringify({ keys }))).listen(0, '127.0.0.1')
  await once(jwks, 'listening')
  const url = `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/`
  const token = ({ privateKey }: typeof old, kid: string) =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA', kid })
      .setSubject('alice')
      .setIssuer('hawser')
      .setAudience('hawser')
      .setExpirationTime('1h')
      .sign(privateKey)
  const server = await LoneCore.start({ HAWSER_TOKEN_KEY: '', HAWSER_TOKEN_JWKS: url })
  try {
    const peer = await server.open('tcp')
    await peer.login(await token(old, 'old'))
    expect(await renew(peer, await token(young, 'young'))).toMatchObject({ code: 'token_refused', retryAfterMs: 10_000 })
    const login = await server.open('ws')
    await expect(login.login(await token(young, 'young'))).rejects.toThrow(String(CODES.key_unknown.close))
    keys = undefined
    expect(await renew(peer, await token(old, 'old'))).toEqual({ code: 'renewed' })
    await (await server.open('ws')).login(await token(old, 'old'), { instanceId: 'other' })
    await expectAlive(peer)
  } finally {
    jwks.close()
    await server.dispose()
  }
})
