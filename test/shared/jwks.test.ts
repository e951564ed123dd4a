import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTokenDoor, type TokenDoor } from '../../shared/token.ts'

const MINUTE_MS = 60_000
const keyPair = () => generateKeyPairSync('ed25519')
const jwkOf = (key: KeyObject, rest: object = {}) => ({ ...key.export({ format: 'jwk' }), ...rest })

/** A JWKS whose answers the test gives, and counts. */
let server: Server
let answer: () => Promise<{ status?: number; body: unknown }> | { status?: number; body: unknown }
let looks: number
let failures: (Error | undefined)[]
/** The clock of the door. */
let now: number
let door: TokenDoor
beforeEach(async () => {
  looks = 0
  failures = []
  now = 1_000_000
  server = createServer(async (_request, response) => {
    looks++
    const { status = 200, body } = await answer()
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
  door = await createTokenDoor(
    { key: { kind: 'jwks', url }, issuer: 'hawser', audience: 'hawser' },
    { now: () => now, looked: (failure) => failures.push(failure), background: (work) => void background.push(work) },
  )
})
afterEach(() => void server.close())

let background: Promise<void>[] = []
async function settled(): Promise<void> {
  await Promise.all(background)
  background = []
}

const [old, young] = [keyPair(), keyPair()]
function sign(key: KeyObject, kid?: string, user = 'alice', alg = 'EdDSA'): Promise<string> {
  const header = kid === undefined ? { alg } : { alg, kid }
  const jwt = new SignJWT({}).setProtectedHeader(header).setSubject(user).setIssuer('hawser').setAudience('hawser')
  return jwt.setExpirationTime('1h').sign(key)
}
const set = (...keys: object[]) => ({ body: { keys } })
const outcome = (token: string) =>
  door.verify(token).then(
    ({ userId }) => userId,
    ({ code }: { code: string }) => code,
  )

test('a key that the JWKS has had for two seconds is looked for, and its token taken', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  expect(await outcome(await sign(old.privateKey, 'old'))).toBe('alice')
  now += 10_000
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }), jwkOf(young.publicKey, { kid: 'young' }))
  now += 2_000
  expect(await outcome(await sign(young.privateKey, 'young'))).toBe('alice')
  expect(looks).toBe(2)
})

test('a key that is not there (yet) is a reason to come back, never to stop', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  for (let i = 0; i < 5; i++) expect(await outcome(await sign(young.privateKey, 'young'))).toBe('key_unknown')
  expect(looks).toBe(1)
  // A look does not find it: for half a minute it causes none.
  for (let i = 0; i < 4; i++) {
    now += 6_000
    expect(await outcome(await sign(young.privateKey, 'young'))).toBe('key_unknown')
  }
  expect(looks).toBe(2)
  answer = () => set(jwkOf(young.publicKey, { kid: 'young' }))
  now += 13_000
  expect(await outcome(await sign(young.privateKey, 'young'))).toBe('alice')
})

test('where the date goes back, which is all the clock that workerd has, a key is looked for all the same', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  expect(await outcome(await sign(young.privateKey, 'young'))).toBe('key_unknown')
  now -= 3_600_000
  answer = () => set(jwkOf(young.publicKey, { kid: 'young' }))
  expect(await outcome(await sign(young.privateKey, 'young'))).toBe('key_unknown')
  now += 31_000
  expect(await outcome(await sign(young.privateKey, 'young'))).toBe('alice')
})

test('a bad signature under a known key is a bad token, and nothing is looked for', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  expect(await outcome(await sign(old.privateKey, 'old'))).toBe('alice')
  now += MINUTE_MS
  expect(await outcome(await sign(young.privateKey, 'old'))).toBe('token_invalid')
  expect(looks).toBe(1)
})

test('while the JWKS is away for hours, what it had goes on; it is asked ever more seldom', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  const token = await sign(old.privateKey, 'old')
  expect(await outcome(token)).toBe('alice')
  answer = () => ({ status: 503, body: '' })
  // A login a second for two hours.
  for (let second = 0; second < 7200; second++) {
    now += 1000
    expect(await outcome(token)).toBe('alice')
    await settled()
  }
  expect(looks).toBeLessThan(125)
  expect(failures.at(-1)?.message).toBe('the JWKS answers HTTP 503')
})

test('a token of an algorithm that no key of a JWKS is for is a bad one, and nothing is looked for', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  expect(await outcome(await sign(old.privateKey, 'old'))).toBe('alice')
  now += MINUTE_MS
  for (const header of [{ alg: 'none' }, { alg: 'HS256', kid: 'new' }, { alg: 7 }, {}]) {
    expect(await outcome(`${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.e30`)).toBe('token_invalid')
  }
  for (const odd of ['', 'nonsense', '..']) expect(await outcome(odd)).toBe('token_invalid')
  expect(looks).toBe(1)
})

test('while it is away and does not even answer, nobody with a known key waits', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  const token = await sign(old.privateKey, 'old')
  expect(await outcome(token)).toBe('alice')
  answer = () => ({ status: 503, body: '' })
  now += 6 * MINUTE_MS
  expect(await outcome(token)).toBe('alice')
  await settled()
  // From here on a look never ends.
  answer = () => new Promise(() => {})
  for (let minute = 0; minute < 30; minute++) {
    now += MINUTE_MS
    expect(await outcome(token)).toBe('alice')
  }
  expect(looks).toBeGreaterThan(2)
  server.closeAllConnections()
  await settled()
})

test.each([
  ['no JSON', 'nonsense'],
  ['no set', { keys: 7 }],
  ['keys that are none', { keys: [7] }],
  ['too many keys', { keys: Array.from({ length: 65 }, () => jwkOf(old.publicKey)) }],
  ['too long', JSON.stringify({ keys: [], filler: 'x'.repeat(300_000) })],
])('a JWKS that is %s is one that is away', async (_what, body) => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  expect(await outcome(await sign(old.privateKey, 'old'))).toBe('alice')
  now += 2 * MINUTE_MS
  answer = () => ({ body })
  expect(await outcome(await sign(young.privateKey, 'young'))).toBe('key_unknown')
  expect(await outcome(await sign(old.privateKey, 'old'))).toBe('alice')
  expect(failures.at(-1)).toBeInstanceOf(Error)
})

test('strangers with a thousand unknown keys cause one look, and one of them a known key waits for', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  const known = await sign(old.privateKey, 'old')
  expect(await outcome(known)).toBe('alice')
  now += MINUTE_MS
  const { promise, resolve } = Promise.withResolvers<{ body: unknown }>()
  answer = () => promise
  const forged = await Promise.all(Array.from({ length: 1000 }, (_, i) => sign(young.privateKey, `kid-${i}`)))
  const strangers = forged.map(outcome)
  // The look is under way, and does not end before the test says so.
  expect(await outcome(known)).toBe('alice')
  resolve(set(jwkOf(old.publicKey, { kid: 'old' })))
  expect(new Set(await Promise.all(strangers))).toEqual(new Set(['key_unknown']))
  expect(looks).toBe(2)
  expect(new Set(await Promise.all(forged.map(outcome)))).toEqual(new Set(['key_unknown']))
  expect(looks).toBe(2)
  // A day of them: a look in five seconds at the most.
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  for (let second = 0; second < 100; second++) {
    now += 1000
    await outcome(await sign(young.privateKey, `other-${second}`))
  }
  expect(looks).toBeLessThan(25)
})

test('the first keys are fetched once for all who wait', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  const token = await sign(old.privateKey, 'old')
  expect(await Promise.all(Array.from({ length: 100 }, () => outcome(token)))).toEqual(Array.from({ length: 100 }, () => 'alice'))
  expect(looks).toBe(1)
})

test('a key that is taken out of the JWKS is refused from the next look on', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }), jwkOf(young.publicKey, { kid: 'young' }))
  const token = await sign(old.privateKey, 'old')
  const { keyName } = await door.verify(token)
  expect(door.accepts(keyName)).toBe(true)
  answer = () => set(jwkOf(young.publicKey, { kid: 'young' }))
  now += 5 * MINUTE_MS + 1
  await outcome(await sign(young.privateKey, 'young'))
  await settled()
  expect(await outcome(token)).toBe('key_unknown')
  expect(door.accepts(keyName)).toBe(false)
})

test('keys that nobody has used for long are looked at before they are used', async () => {
  answer = () => set(jwkOf(old.publicKey, { kid: 'old' }))
  const token = await sign(old.privateKey, 'old')
  expect(await outcome(token)).toBe('alice')
  answer = () => set(jwkOf(young.publicKey, { kid: 'young' }))
  now += 11 * MINUTE_MS
  expect(await outcome(token)).toBe('key_unknown')
})

test('keys without "kid", several of one "kid", and tokens without one', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  answer = () =>
    set(jwkOf(old.publicKey), jwkOf(young.publicKey), jwkOf(rsa.publicKey, { kid: 'twice' }), jwkOf(keyPair().publicKey, { kid: 'twice' }))
  for (const key of [old, young]) {
    expect(await outcome(await sign(key.privateKey))).toBe('alice')
    expect(await outcome(await sign(key.privateKey, 'any'))).toBe('alice')
  }
  expect(await outcome(await sign(rsa.privateKey, 'twice', 'bob', 'RS256'))).toBe('bob')
  expect(await outcome(await sign(rsa.privateKey, undefined, 'bob', 'RS256'))).toBe('bob')
  expect(looks).toBe(1)
})

test('an RSA key of 1,024 bits in it is refused by name, and the others go on', async () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
  answer = () =>
    set(jwkOf(weak.publicKey, { kid: 'weak' }), jwkOf(old.publicKey, { kid: 'old' }), { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' })
  expect(await outcome(await sign(old.privateKey, 'old'))).toBe('alice')
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'weak' })).toString('base64url')
  await expect(door.verify(`${header}.e30.e30`)).rejects.toMatchObject({
    code: 'token_invalid',
    message: 'The token is not accepted: the key "weak" is an RSA key of 1024 bits; one has at least 2048.',
  })
})
