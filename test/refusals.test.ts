import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../client/node.ts'
import { CODES } from '../shared/codes.ts'
import { SUBPROTOCOL, subprotocolsFor } from '../shared/subprotocol.ts'
import { House } from './support/house.ts'
import { LoneCore } from './support/lone-core.ts'
import { launchBrowser } from './support/page-browser.ts'
import { rawSocket } from './support/raw-socket.ts'
import { tokenSigner } from './support/tokens.ts'
import { WirePeer } from './support/wire-peer.ts'

/** What a page would see: the runtime's own WebSocket tells no HTTP status. */
function closeSeen(url: string, protocols: string[]): Promise<number> {
  const socket = new WebSocket(url, protocols)
  return new Promise((resolve) => {
    socket.onclose = (event: { code: number }) => resolve(event.code)
  })
}

describe('D2: at the edge', () => {
  let house: House
  beforeAll(async () => {
    house = await House.start({ edge: { CONNECTS_PER_USER: '2' } })
  })
  afterAll(() => house?.dispose())

  test.each<[string, number, () => Promise<string[]> | string[]]>([
    ['no token', CODES.token_invalid.close, () => [SUBPROTOCOL]],
    ['a token of another key', CODES.token_invalid.close, async () => subprotocolsFor(await tokenSigner().token('alice'))],
    ['what is no token', CODES.token_invalid.close, () => subprotocolsFor('nonsense')],
    ['an expired token', CODES.token_expired.close, async () => subprotocolsFor(await house.signer.token('alice', { expiresIn: '-1m' }))],
  ])('a page with %s is told so by close %i', async (_what, code, protocols) => {
    expect(await closeSeen(house.edgeWsUrl, await protocols())).toBe(code)
  })

  test('a page that comes too often is told so', async () => {
    const protocols = subprotocolsFor(await house.signer.token('often'))
    for (let i = 0; i < 2; i++) {
      const socket = new WebSocket(house.edgeWsUrl, protocols)
      await new Promise((resolve) => {
        socket.onopen = resolve
      })
      socket.close()
    }
    expect(await closeSeen(house.edgeWsUrl, protocols)).toBe(CODES.rate_exceeded.close)
  })

  test('the SDK stops where its token is not one, and says why', async () => {
    const client = connect(house.edgeWsUrl, { token: 'nonsense' })
    const reason = await new Promise<{ code: string }>((resolve) => void client.on('closed', resolve))
    expect(reason).toMatchObject({ code: 'token_invalid', message: expect.stringContaining('token is not accepted') })
  })

  test('whoever reads HTTP gets statuses where it is no WebSocket of this protocol', async () => {
    const upgrade = (protocol?: string) =>
      fetch(`${house.edge.url}/ws`, { headers: protocol === undefined ? {} : { 'sec-websocket-protocol': protocol } })
    expect((await upgrade()).status).toBe(426)
    expect(await closeSeen(house.edgeWsUrl, ['other.v1'])).toBe(1006)
  })

  describe('in Chromium', () => {
    let browser: Browser
    const elsewhere = createServer((_, response) => void response.setHeader('content-type', 'text/html').end('<p>another site'))
    beforeAll(async () => {
      await once(elsewhere.listen(0, '127.0.0.1'), 'listening')
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      elsewhere.close()
    })

    test('a page sees code and reason, and one of another site that it may not', async () => {
      const page = await (await browser.newContext()).newPage()
      const seen = (url: string, protocols: string[]) =>
        page.evaluate(
          ({ url, protocols }) =>
            new Promise<[number, string]>((resolve) => {
              const socket = new WebSocket(url, protocols)
              socket.onclose = (event) =>
                resolve([(event as unknown as { code: number }).code, (event as unknown as { reason: string }).reason])
            }),
          { url, protocols },
        )
      await page.goto(`${house.edge.url}/`)
      const expired = subprotocolsFor(await house.signer.token('alice', { expiresIn: '-1m' }))
      expect(await seen(house.edgeWsUrl, expired)).toEqual([CODES.token_expired.close, 'The token has expired.'])
      expect(await seen(house.edgeWsUrl, subprotocolsFor('nonsense'))).toEqual([CODES.token_invalid.close, expect.any(String)])
      await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`)
      expect(await seen(house.edgeWsUrl, subprotocolsFor('nonsense'))).toEqual([
        CODES.denied.close,
        expect.stringContaining('may not connect'),
      ])
    })
  })
})

describe("D2: at the core's own WebSocket door", () => {
  let server: LoneCore
  beforeAll(async () => {
    server = await LoneCore.start({
      HAWSER_UNAUTHENTICATED_CONNECTIONS: '3',
      HAWSER_PROXY_FROM: '127.0.0.2',
      HAWSER_EXEMPT_NETWORKS: '',
      HAWSER_CONNECTS_PER_ADDRESS_PER_MINUTE: '8',
    })
  })
  afterAll(() => server?.dispose())
  const page = () => closeSeen(server.core.wsUrl, [SUBPROTOCOL])

  test('a page is told why it stays out, and the door holds no place for it', async () => {
    const waiting = await Promise.all([1, 2, 3].map(() => rawSocket(server.core.tcp)))
    await expect.poll(() => server.core.metric('hawser_connections_unauthenticated')).toBe(3)
    expect(await page()).toBe(CODES.overloaded.close)
    for (const socket of waiting) socket.destroy()
    await expect.poll(() => server.core.metric('hawser_connections_unauthenticated')).toBe(0)

    // A page of another site learns nothing, not even that there is a server: it cannot see the status.
    await expect(WirePeer.ws(server.core.wsUrl, { headers: { origin: 'https://evil.example' } })).rejects.toThrow('403')

    const rules = (deny: string[]) => server.core.admin('/access', { method: 'PUT', body: { allow: [], deny } })
    await rules(['127.0.0.1'])
    expect(await page()).toBe(CODES.denied.close)
    await rules([])

    let code = 0
    for (let i = 0; i < 12 && code === 0; i++) {
      const socket = new WebSocket(server.core.wsUrl, [SUBPROTOCOL])
      code = await new Promise<number>((resolve) => {
        // What is let in waits for its LOGIN.
        const timer = setTimeout(() => resolve(0), 300)
        socket.onclose = (event: { code: number }) => {
          clearTimeout(timer)
          resolve(event.code)
        }
      })
      socket.close()
    }
    expect(code).toBe(CODES.rate_exceeded.close)
  })
})
