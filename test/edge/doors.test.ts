import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { SUBPROTOCOL, subprotocolsFor } from '../../shared/subprotocol.ts'
import { UPLINK_SUBPROTOCOL } from '../../shared/uplink.ts'
import { tokenSigner } from '../support/tokens.ts'
import { EdgeProcess } from './edge-process.ts'
import { PeerSocket } from './peer-socket.ts'
import { ScriptedCore } from './scripted-core.ts'

let edge: EdgeProcess
beforeAll(async () => {
  edge = await EdgeProcess.start({ settings: { ALLOWED_ORIGINS: 'https://app.example, https://other.example' } })
})
afterAll(() => edge.dispose())

describe('HTTP', () => {
  it('says that it is well', async () => {
    const response = await fetch(`${edge.url}/healthz`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ ok: true, version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  })

  it('answers 404 for what the page does not have, and for tokens without a core that gives them', async () => {
    expect((await fetch(`${edge.url}/nothing.js`)).status).toBe(404)
    expect((await fetch(`${edge.url}/..%2f..%2fworker/worker.js`)).status).toBe(404)
    expect((await fetch(`${edge.url}/dev/token`, { method: 'POST' })).status).toBe(404)
  })

  it('asks for an upgrade where only a WebSocket goes', async () => {
    for (const path of ['/ws', '/uplink/s0']) {
      const response = await fetch(edge.url + path)
      expect(response.status).toBe(426)
      expect(await response.json()).toMatchObject({ code: 'upgrade_required' })
    }
  })
})

describe("a browser's upgrade", () => {
  it('echoes only the subprotocol of the protocol, and compresses nothing', async () => {
    const browser = await edge.browser('alice', { perMessageDeflate: true })
    expect(browser.protocol).toBe(SUBPROTOCOL)
    expect(browser.extensions).toBe('')
    browser.close()
  })

  it('is refused without the subprotocol', async () => {
    expect(await PeerSocket.refusal(edge.wsUrl, ['other.v1'])).toMatchObject({ status: 400, body: { code: 'subprotocol_missing' } })
  })

  it.each(['https://evil.example', 'null', 'https://app.example.evil.example'])('is refused to the origin %s', async (origin) => {
    const refused = await PeerSocket.refusedWith(edge.wsUrl, subprotocolsFor(await edge.tokens.token('alice')), { origin })
    expect(refused).toEqual({ code: CODES.denied.close, reason: expect.stringContaining(origin) })
  })

  it('is open to its own origin and to those allowed', async () => {
    for (const origin of [edge.url, 'https://app.example', 'https://other.example']) {
      const browser = await edge.browser('alice', { origin })
      browser.close()
    }
  })

  it('is refused for every token that is not good', async () => {
    const expired = await edge.tokens.token('alice', { expiresIn: '-1h' })
    const unsigned = new UnsecuredJWT({}).setSubject('alice').setIssuer('hawser').setAudience('hawser').setExpirationTime('1h').encode()
    const wrongKey = await tokenSigner().token('alice')
    const wrongAudience = await edge.tokens.token('alice', { audience: 'other' })
    // The public key as an HS256 secret: the key decides on the algorithm, not the header.
    const confused = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('alice')
      .setIssuer('hawser')
      .setAudience('hawser')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(edge.tokens.publicPem))
    // The shard is told nothing of any of them.
    const { core } = await ScriptedCore.connect(edge)
    expect((await PeerSocket.refusedWith(edge.wsUrl, subprotocolsFor(expired))).code).toBe(CODES.token_expired.close)
    for (const token of [unsigned, wrongKey, wrongAudience, confused, 'nonsense']) {
      const refused = await PeerSocket.refusedWith(edge.wsUrl, subprotocolsFor(token))
      expect(refused).toEqual({ code: CODES.token_invalid.close, reason: expect.stringContaining('token') })
    }
    expect((await PeerSocket.refusedWith(edge.wsUrl, [SUBPROTOCOL])).code).toBe(CODES.token_invalid.close)
    const browser = await edge.browser('alice', { headers: { 'user-agent': 'Good/1' } })
    expect(await core.open()).toMatchObject({ userAgent: 'Good/1' })
    browser.close()
    core.socket.close()
  })
})

describe("a core's upgrade", () => {
  const refusal = (token: string, shard = 's0') =>
    PeerSocket.refusal(edge.uplinkUrl(shard), [UPLINK_SUBPROTOCOL], { headers: { authorization: `Bearer ${token}` } })

  it('is refused for every token that is not good', async () => {
    const tokens = await Promise.all([
      edge.uplinkToken({ shard: 's1' }),
      edge.uplinkToken({ audience: 'hawser' }),
      edge.uplinkToken({ lifetimeSeconds: 61 }),
      edge.uplinkToken({ lifetimeSeconds: -10 }),
      edge.uplinkToken({ jti: '' }),
      edge.uplinkToken({ jti: 'x'.repeat(129) }),
      edge.uplinkToken({ key: generateKeyPairSync('ed25519').privateKey }),
      edge.tokens.token('alice'),
    ])
    for (const token of [...tokens, 'nonsense']) {
      expect(await refusal(token)).toMatchObject({ status: 401, body: { code: 'token_invalid' } })
    }
    expect(await PeerSocket.refusal(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL])).toMatchObject({ status: 401 })
  })

  it('is refused without the subprotocol, and to a shard that is not there', async () => {
    const authorization = `Bearer ${await edge.uplinkToken({ shard: 's1' })}`
    expect(await PeerSocket.refusal(edge.uplinkUrl('s0'), ['hawser.v1'], { headers: { authorization } })).toMatchObject({ status: 400 })
    expect(await refusal(await edge.uplinkToken({ shard: 's1' }), 's1')).toMatchObject({ status: 404, body: { code: 'shard_unknown' } })
  })

  it('is refused with a token that was used before', async () => {
    const authorization = `Bearer ${await edge.uplinkToken()}`
    const first = await PeerSocket.connect(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL], { headers: { authorization } })
    expect(first.protocol).toBe(UPLINK_SUBPROTOCOL)
    const refused = await PeerSocket.refusal(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL], { headers: { authorization } })
    expect(refused).toMatchObject({ status: 401, body: { code: 'token_invalid', message: 'The uplink token was used before.' } })
    expect(first.isOpen).toBe(true)
    first.close()
  })
})

it('believes no x-hawser header of a client', async () => {
  const { core } = await ScriptedCore.connect(edge)
  const forged = { 'x-hawser-remote': '203.0.113.9', 'X-Hawser-User': 'mallory', 'cf-connecting-ip': '203.0.113.9', 'user-agent': 'Test/1' }
  const browser = await edge.browser('alice', { headers: forged })
  expect(await core.open()).toMatchObject({ remoteAddress: '127.0.0.1', userAgent: 'Test/1', ticket: '' })
  browser.close()
  core.socket.close()
})

it.each([
  ['no X-Forwarded-For', undefined, '127.0.0.1'],
  ['one hop', '203.0.113.9', '203.0.113.9'],
  ['what the client wrote itself before it', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['trusted proxies behind it', '198.51.100.1, 203.0.113.9, 10.1.2.3, 127.0.0.9', '203.0.113.9'],
  ['a port, brackets and IPv6', '"[2001:db8::7]:1234", 10.0.0.1:99', '2001:db8::7'],
  ['nonsense', 'unknown, 10.9.9.9', '10.9.9.9'],
])('behind a trusted proxy the browser is who it says: %s', async (_what, forwarded, address) => {
  await edge.stop()
  await edge.start({ settings: { TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8' } })
  const { core } = await ScriptedCore.connect(edge)
  const headers = { 'cf-connecting-ip': '192.0.2.1', ...(forwarded && { 'x-forwarded-for': forwarded }) }
  const browser = await edge.browser('alice', { headers })
  expect(await core.open()).toMatchObject({ remoteAddress: address })
  browser.close()
  core.socket.close()
})

it('believes nobody else where no proxy is named', async () => {
  await edge.stop()
  await edge.start()
  const { core } = await ScriptedCore.connect(edge)
  const browser = await edge.browser('alice', { headers: { 'x-forwarded-for': '203.0.113.9' } })
  expect(await core.open()).toMatchObject({ remoteAddress: '127.0.0.1' })
  browser.close()
  core.socket.close()
})

it('forwards the wish for a token to the core that gives them', async () => {
  const tokens = createServer((request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ method: request.method, path: request.url }))
  }).listen(0, '127.0.0.1')
  await edge.stop()
  await edge.start({ devTokens: `127.0.0.1:${(tokens.address() as AddressInfo).port}` })
  const response = await fetch(`${edge.url}/dev/token`, { method: 'POST', body: '{}' })
  expect(await response.json()).toEqual({ method: 'POST', path: '/dev/token' })
  tokens.close()
})

it("takes the keys of users' tokens from a JWKS, and says when it cannot", async () => {
  const jwk = await exportJWK(createPublicKey(edge.tokens.publicPem))
  let isBroken = false
  const jwks = createServer((_, response) => {
    response.statusCode = isBroken ? 500 : 200
    response.end(JSON.stringify({ keys: [{ ...jwk, alg: 'EdDSA' }] }))
  }).listen(0, '127.0.0.1')
  await once(jwks, 'listening')
  const settings = { TOKEN_PUBLIC_KEY: '', TOKEN_JWKS_URL: `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/jwks.json` }
  const restart = async () => {
    await edge.stop()
    await edge.start({ settings })
  }
  const refusal = async () => (await PeerSocket.refusedWith(edge.wsUrl, subprotocolsFor(await edge.tokens.token('alice')))).code

  await restart()
  const browser = await edge.browser('alice')
  browser.terminate()
  isBroken = true
  await restart()
  expect(await refusal()).toBe(CODES.key_unknown.close)
  jwks.close()
  await once(jwks, 'close')
  await restart()
  expect(await refusal()).toBe(CODES.key_unknown.close)
})

it.each([
  [{ TOKEN_PUBLIC_KEY: '' }, 'TOKEN_PUBLIC_KEY, TOKEN_JWKS_URL or TOKEN_SECRET'],
  [{ TOKEN_PUBLIC_KEY: 'no key' }, 'TOKEN_PUBLIC_KEY is unusable'],
  [{ TOKEN_SECRET: 'x'.repeat(32) }, 'TOKEN_PUBLIC_KEY and TOKEN_SECRET are both set'],
  [{ SHARDS: 'many' }, 'SHARDS is "many"'],
  [{ CONNECTS_PER_USER: 'few' }, 'CONNECTS_PER_USER is "few"'],
  [{ TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES is wrong: "10.0.0.0/33" is no IP address'],
])('names the setting that is wrong: %j', async (settings, message) => {
  await edge.stop()
  await edge.start({ settings })
  const refused = await PeerSocket.refusedWith(edge.wsUrl, subprotocolsFor(await edge.tokens.token('alice')))
  expect(refused).toEqual({ code: CODES.internal_close.close, reason: expect.stringContaining(message) })
})

const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
it.each([
  ['', 'UPLINK_PUBLIC_KEY'],
  [weakRsa.export({ type: 'spki', format: 'pem' }).toString(), 'RSA key of 1024 bits'],
  [JSON.stringify({ keys: [weakRsa.export({ format: 'jwk' })] }), 'RSA key of 1024 bits'],
])('names the setting that is wrong for cores: %j', async (key, message) => {
  await edge.stop()
  await edge.start({ settings: { UPLINK_PUBLIC_KEY: key } })
  const headers = { authorization: `Bearer ${await edge.uplinkToken()}` }
  expect(await PeerSocket.refusal(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL], { headers })).toMatchObject({
    status: 503,
    body: { code: 'not_configured', message: expect.stringContaining(message) },
  })
})
