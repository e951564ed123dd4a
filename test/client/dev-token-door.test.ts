import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { devSigner, ensureDevKeys, type TokenSigner } from '../../cli/dev-keys.ts'
import { devTokenApp, openDevTokenDoor } from '../../cli/dev-token-door.ts'
import { createTokenDoor } from '../../shared/token.ts'

let data: string
let sign: TokenSigner
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'hawser-keys-'))
  ensureDevKeys(data)
  sign = await devSigner(data)
})
afterAll(() => rmSync(data, { recursive: true }))

const ask = (headers: Record<string, string>, body: unknown = { user: 'alice' }) =>
  devTokenApp(sign).request('/dev/token', { method: 'POST', headers, body: JSON.stringify(body) })

test('the door gives a token that a core and an edge accept', async () => {
  const door = await openDevTokenDoor(sign)
  try {
    const response = await fetch(`http://${door.address}/dev/token`, { method: 'POST', body: JSON.stringify({ user: 'älice' }) })
    const { token, expiresAt } = (await response.json()) as { token: string; expiresAt: number }
    const { publicPem } = ensureDevKeys(data)
    const { verify } = await createTokenDoor({ key: { kind: 'public-key', pemOrJwk: publicPem }, issuer: 'hawser', audience: 'hawser' })
    expect(await verify(token)).toMatchObject({ userId: 'älice', expiresAt })
  } finally {
    door.close()
  }
})

test.each(['localhost:8787', '127.0.0.1:1', '[::1]:8787', 'localhost'])('Host %s is this machine', async (host) => {
  expect((await ask({ host })).status).toBe(200)
  expect((await ask({ host, origin: `http://${host}` })).status).toBe(200)
})

test.each([
  { host: 'hawser.example' },
  { host: '127.0.0.1.example' },
  { host: '192.168.0.2:8787' },
  { host: 'evil.example#@localhost' },
  { host: '' },
  { host: 'localhost', origin: 'https://evil.example' },
  { host: 'localhost', origin: 'http://localhost.evil.example' },
  { host: 'localhost', origin: 'null' },
])('%o is refused', async (headers) => {
  const response = await ask(headers)
  expect(response.status).toBe(403)
  expect(await response.json()).toEqual({ code: 'forbidden', message: 'Tokens are given on this machine only.' })
})

test.each([[{}], [{ user: 7 }], [{ user: '' }], [{ user: 'a b' }], [null], ['alice']])('the body %j is refused', async (body) => {
  const response = await ask({ host: 'localhost' }, body)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'field_invalid', message: expect.stringContaining('"user" ') })
})

test('keys are made once, and the private one is for its owner only', () => {
  const first = ensureDevKeys(data)
  expect(ensureDevKeys(data)).toEqual(first)
  expect(statSync(first.privatePath).mode & 0o777).toBe(0o600)
})
