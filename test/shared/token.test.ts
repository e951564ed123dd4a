import { createHmac, generateKeyPairSync, type KeyObject, sign as signData } from 'node:crypto'
import { base64url, CompactSign, exportJWK, jwtVerify, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createTokenDoor, type TokenKey } from '../../shared/token.ts'
import { Random } from '../simulation/random.ts'

const SECRET = 'a secret of thirty-two bytes or more'
const pairs = {
  EdDSA: generateKeyPairSync('ed25519'),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
}
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const rules = (key: TokenKey) => ({ key, issuer: 'hawser', audience: 'hawser' })
const verifierOf = (pemOrJwk: string) => createTokenDoor(rules({ kind: 'public-key', pemOrJwk })).then(({ verify }) => verify)
const inAnHour = Math.floor(Date.now() / 1000) + 3600
const claims = { sub: 'alice', iss: 'hawser', aud: 'hawser', exp: inAnHour }
const accepted = { userId: 'alice', expiresAt: inAnHour * 1000, keyName: expect.stringMatching(/^[0-9a-f]{16}$/) }

const sign = (payload: object, header: { alg: string; crit?: string[] } = { alg: 'EdDSA' }) =>
  new SignJWT({ ...payload }).setProtectedHeader(header).sign(pairs.EdDSA.privateKey)

test.each(Object.keys(pairs) as (keyof typeof pairs)[])('%s: from PEM, JWK and a set of keys', async (alg) => {
  const { publicKey, privateKey } = pairs[alg]
  const token = await new SignJWT(claims).setProtectedHeader({ alg, kid: 'k' }).sign(privateKey)
  const jwk = await exportJWK(publicKey)
  for (const key of [pem(publicKey), JSON.stringify(jwk), JSON.stringify({ keys: [{ ...jwk, kid: 'k', alg }] })]) {
    expect(await (await verifierOf(key))(token)).toEqual(accepted)
    await expect((await verifierOf(key))(token.slice(0, -4))).rejects.toMatchObject({ code: 'token_invalid' })
  }
})

test('HS256', async () => {
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(SECRET))
  expect(await (await createTokenDoor(rules({ kind: 'secret', secret: SECRET }))).verify(token)).toEqual(accepted)
  const { verify: other } = await createTokenDoor(rules({ kind: 'secret', secret: `${SECRET}!` }))
  await expect(other(token)).rejects.toMatchObject({ code: 'token_invalid' })
})

test.each([
  ['a secret that is too short', { kind: 'secret', secret: 'short' }, 'at least 32 bytes'],
  [
    'an RSA key that is too short',
    { kind: 'public-key', pemOrJwk: pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey) },
    'the key is an RSA key of 1024 bits; one has at least 2048',
  ],
  [
    'an RSA key that is too short, in a set of keys,',
    {
      kind: 'public-key',
      pemOrJwk: JSON.stringify({
        keys: [{ ...generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }), kid: 'weak' }],
      }),
    },
    'the key "weak" is an RSA key of 1024 bits; one has at least 2048',
  ],
  [
    'a private key',
    { kind: 'public-key', pemOrJwk: JSON.stringify(pairs.EdDSA.privateKey.export({ format: 'jwk' })) },
    'private or secret',
  ],
  ['no key', { kind: 'public-key', pemOrJwk: 'nonsense' }, 'is no PEM'],
] as const)('%s is refused at once', async (_what, key, message) => {
  await expect(createTokenDoor(rules(key))).rejects.toThrow(message)
})

describe('with an Ed25519 key', async () => {
  const publicPem = pem(pairs.EdDSA.publicKey)
  const verify = await verifierOf(publicPem)
  const good = await sign(claims)
  const [head = '', body = '', signature = ''] = good.split('.')
  const text = (value: string) => base64url.encode(value)
  const now = Date.now() / 1000

  test.each([
    ['an audience among others', { aud: ['other', 'hawser'] }],
    ['begun just now by a clock that goes before', { nbf: now + 290 }],
    ['expired just now by a clock that goes behind', { exp: Math.ceil(now - 3) }],
  ])('%s: accepted', async (_what, changed) => {
    expect((await verify(await sign({ ...claims, ...changed }))).userId).toBe('alice')
  })

  const invalid: [string, string, string | Promise<string>][] = [
    ['unsigned', 'token_invalid', new UnsecuredJWT(claims).encode()],
    ['unsigned, with the signature of another', 'token_invalid', `${text('{"alg":"none"}')}.${body}.${signature}`],
    ['of another algorithm', 'token_invalid', `${text('{"alg":"HS256"}')}.${body}.${signature}`],
    ['signed by HS256 with the public key', 'token_invalid', hs256(publicPem)],
    ['whose header names another algorithm than it is signed by', 'token_invalid', signedAs('HS256')],
    ['without an algorithm', 'token_invalid', `${text('{}')}.${body}.${signature}`],
    ['with a header that is null', 'token_invalid', `${text('null')}.${body}.${signature}`],
    ['with a header that is no JSON', 'token_invalid', `${text('{')}.${body}.${signature}`],
    ['with what must be understood', 'token_invalid', sign(claims, { alg: 'EdDSA', crit: ['b64'], b64: true } as { alg: string })],
    ['of two parts', 'token_invalid', `${head}.${body}`],
    ['of four parts', 'token_invalid', `${good}.`],
    ['with padding in base64', 'token_invalid', `${head}.${body}.${signature}+`],
    ['with no signature', 'token_invalid', `${head}.${body}.`],
    ['with other content', 'token_invalid', `${head}.${text(JSON.stringify({ ...claims, sub: 'bob' }))}.${signature}`],
    ['empty', 'token_invalid', ''],
    ['of a payload that is null', 'token_invalid', signBytes('null')],
    ['of a payload that is no JSON', 'token_invalid', signBytes('alice')],
    ['of a payload that is no UTF-8', 'token_invalid', signBytes(Uint8Array.of(0x22, 0xff, 0x22))],
    ['of another issuer', 'token_invalid', sign({ ...claims, iss: 'other' })],
    ['of no issuer', 'token_invalid', sign({ ...claims, iss: undefined })],
    ['for another audience', 'token_invalid', sign({ ...claims, aud: ['other'] })],
    ['without expiry', 'token_invalid', sign({ ...claims, exp: undefined })],
    ['with an expiry in words', 'token_invalid', signBytes(JSON.stringify({ ...claims, exp: '9999999999' }))],
    ['that never expires', 'token_invalid', signBytes(JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', '"exp":1e999'))],
    ['expired', 'token_expired', sign({ ...claims, exp: now - 6 })],
    ['not begun', 'token_invalid', sign({ ...claims, nbf: now + 310 })],
    ['that expires later than there are dates', 'token_invalid', sign({ ...claims, exp: 9_007_199_254_741 })],
    ['without a user', 'token_invalid', sign({ ...claims, sub: undefined })],
    ['whose user is a number', 'token_invalid', signBytes(JSON.stringify({ ...claims, sub: 7 }))],
    ['of a user with white space', 'token_invalid', sign({ ...claims, sub: 'x y' })],
  ]
  test.each(invalid)('%s: %s', async (_what, code, token) => {
    await expect(verify(await token)).rejects.toMatchObject({ code })
  })

  test('of 3,000 tokens with something changed jose accepts the same', async () => {
    const random = new Random(4)
    const options = { algorithms: ['EdDSA'], issuer: 'hawser', audience: 'hawser', requiredClaims: ['sub', 'exp'], clockTolerance: 5 }
    let taken = 0
    for (let i = 0; i < 3000; i++) {
      const at = random.below(good.length)
      const inserted = random.pick(['', 'A', '-', '_', '.', '=', ' ', '+', '/', '%', 'é', String.fromCharCode(33 + random.below(94))])
      const changed = good.slice(0, at) + inserted + good.slice(at + random.below(2))
      const outcomes = await Promise.allSettled([verify(changed), jwtVerify(changed, pairs.EdDSA.publicKey, options)])
      expect(outcomes[0].status, changed).toBe(outcomes[1].status)
      if (outcomes[0].status === 'fulfilled') taken++
    }
    expect(taken).toBeLessThan(300)
  })
})

function signBytes(payload: string | Uint8Array): Promise<string> {
  return new CompactSign(Buffer.from(payload)).setProtectedHeader({ alg: 'EdDSA' }).sign(pairs.EdDSA.privateKey)
}

function signedAs(alg: string): string {
  const signed = `${base64url.encode(JSON.stringify({ alg }))}.${base64url.encode(JSON.stringify(claims))}`
  return `${signed}.${signData(null, Buffer.from(signed), pairs.EdDSA.privateKey).toString('base64url')}`
}

/** The oldest trick: the public key taken for a secret. */
function hs256(publicPem: string): string {
  const signed = `${base64url.encode('{"alg":"HS256"}')}.${base64url.encode(JSON.stringify(claims))}`
  return `${signed}.${createHmac('sha256', publicPem).update(signed).digest('base64url')}`
}
