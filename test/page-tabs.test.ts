import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { House } from './support/house.ts'
import { launchBrowser } from './support/page-browser.ts'

const root = new URL('../', import.meta.url).pathname

let house: House
let browser: Browser
let script: string
/** The application's own server, and who is signed in there. */
let url: string
let signedIn: string
const app = createServer(async ({ url: path }, response) => {
  if (path === '/app.js') response.setHeader('content-type', 'text/javascript').end(script)
  else if (path === '/my-token') response.end(await house.signer.token(signedIn))
  else response.setHeader('content-type', 'text/html').end('<script type="module" src="app.js"></script>')
})
beforeAll(async () => {
  await once(app.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  house = await House.start({ edge: { ALLOWED_ORIGINS: url } })
  browser = await launchBrowser()
  // README's first example as it stands, but for the address.
  const [, example = ''] = /A browser:\n\n```js\n(.*?)```/s.exec(readFileSync(`${root}README.md`, 'utf8')) ?? []
  const contents = example.replace('wss://chat.example.com/ws', house.edgeWsUrl)
  expect(contents).not.toBe(example)
  const { outputFiles } = await build({
    stdin: { contents: `${contents}\nconsole.log('sent')`, resolveDir: root },
    bundle: true,
    write: false,
    format: 'esm',
    alias: { hawser: `${root}client/index.ts` },
  })
  script = outputFiles[0]?.text ?? ''
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await house?.dispose()
  app.close()
})

/** What the example says on a page; each line is told once. */
class Tab {
  readonly page: Page
  readonly #lines: string[] = []
  #heard = () => {}

  constructor(page: Page) {
    this.page = page
    page.on('console', (message) => {
      this.#lines.push(message.text())
      this.#heard()
    })
  }

  static async open(context: BrowserContext): Promise<Tab> {
    const tab = new Tab(await context.newPage())
    await tab.page.goto(url)
    await tab.says('sent')
    return tab
  }

  async says(line: string): Promise<void> {
    while (!this.#lines.includes(line)) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve
      })
    }
    this.#lines.splice(this.#lines.indexOf(line), 1)
  }
}

async function sessionsOf(user: string): Promise<{ id: string; device: string }[]> {
  const { body } = await house.core.admin('/sessions')
  return (body as { sessions: { id: string; user: string; device: string }[] }).sessions.filter((session) => session.user === user)
}

test("README's first example lives in several tabs of one browser, and each gets the others' messages", { timeout: 20_000 }, async () => {
  signedIn = 'alice'
  const context = await browser.newContext()
  const first = await Tab.open(context)
  const [former] = await sessionsOf('alice')
  const second = await Tab.open(context)
  await first.says('alice hello')
  // A tab that is opened by another has a copy of its session storage, as a duplicated one has.
  const [copy] = await Promise.all([context.waitForEvent('page'), second.page.evaluate('void window.open(location.href)')])
  const third = new Tab(copy)
  await Promise.all([first.says('alice hello'), second.says('alice hello')])
  await third.page.waitForLoadState()

  const sessions = await sessionsOf('alice')
  expect(sessions).toHaveLength(3)
  expect(sessions.map(({ id }) => id)).toContain(former?.id)
  expect(new Set(sessions.map(({ device }) => device)).size).toBe(1)
  await context.close()
})

test('who signs in after another in one browser is on a device of his own, and on the same one again later', {
  timeout: 20_000,
}, async () => {
  const context = await browser.newContext()
  const devices: (string | undefined)[] = []
  for (const user of ['carol', 'dave', 'carol']) {
    signedIn = user
    const { page } = await Tab.open(context)
    devices.push((await sessionsOf(user))[0]?.device)
    await page.close()
  }
  expect(devices[0]).toBe(devices[2])
  expect(new Set(devices).size).toBe(2)
  await context.close()
})

test.each([
  ['forbids its storage', "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })"],
  ['has none', "Object.defineProperty(window, 'localStorage', { value: undefined })"],
  ['has no room in it', "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"],
])('a browser that %s works without', { timeout: 20_000 }, async (_, deed) => {
  signedIn = 'erin'
  const context = await browser.newContext()
  await context.addInitScript(deed)
  await Tab.open(context)
  await context.close()
})
