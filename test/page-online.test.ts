import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { connect } from '../client/index.ts'
import { House } from './support/house.ts'
import { launchBrowser } from './support/page-browser.ts'
import { SwallowingRelay } from './support/swallowing-relay.ts'

const root = new URL('../', import.meta.url).pathname

declare const sdk: { connect: typeof connect }
declare const client: ReturnType<typeof connect>

let house: House
let browser: Browser
let script: string
let url: string
const app = createServer((request, response) => {
  if (request.url === '/sdk.js') response.setHeader('content-type', 'text/javascript').end(script)
  else response.setHeader('content-type', 'text/html').end('<!doctype html><script src="sdk.js"></script>')
})
beforeAll(async () => {
  await once(app.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  house = await House.start({ edge: { ALLOWED_ORIGINS: url } })
  browser = await launchBrowser()
  const entryPoints = [`${root}client/index.ts`]
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, globalName: 'sdk' })
  script = outputFiles[0]?.text ?? ''
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await house?.dispose()
  app.close()
})

async function online(relay: SwallowingRelay, user: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(url)
  await page.evaluate(
    async ({ address, token }) => {
      Object.assign(globalThis, { client: sdk.connect(`ws://${address}/ws`, { token }) })
      await client.ready()
    },
    { address: relay.address, token: await house.signer.token(user) },
  )
  return page
}

/** H3. */
const NOTICED_MS = 5_000

test.each([
  ['window', 'online'],
  ['window', 'focus'],
  ['window', 'pageshow'],
  ['document', 'visibilitychange'],
  ['navigator.connection', 'change'],
])('in Chromium %s says %s, and a network that was left without a word is noticed', { timeout: 20_000 }, async (target, event) => {
  using relay = await SwallowingRelay.to(new URL(house.edgeWsUrl).host)
  const page = await online(relay, event)
  relay.swallow()
  const from = performance.now()
  const back = page.evaluate(() => {
    return new Promise<void>((resolve) => {
      const off = client.on('state', (state) => {
        if (state !== 'online') return
        off()
        resolve()
      })
    })
  })
  await page.evaluate(`void ${target}.dispatchEvent(new Event('${event}'))`)
  await back
  const took = performance.now() - from
  expect(took).toBeGreaterThan(NOTICED_MS - 500)
  expect(took).toBeLessThan(NOTICED_MS + 3_000)
  expect(relay.opened).toBe(2)
  await page.close()
})
