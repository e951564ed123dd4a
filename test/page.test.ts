import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../client/node.ts'
import { launchBrowser, SCREENSHOTS } from './support/page-browser.ts'
import { StartProcess } from './support/start-process.ts'

let hawser: StartProcess
let browser: Browser
beforeAll(async () => {
  hawser = await StartProcess.start()
  browser = await launchBrowser()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await hawser?.dispose()
})

const byId = (page: Page, id: string) => page.getByTestId(id)
const state = (page: Page) => page.locator('[data-testid=connection-state][data-state=online]')

async function openPage(context: BrowserContext, user: string, peer: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${hawser.pageUrl}/#/with/${peer}`)
  const name = byId(page, 'sign-in-name')
  if (await name.isVisible()) {
    await name.fill(user)
    await byId(page, 'sign-in').first().click()
  }
  await state(page).waitFor()
  return page
}

const message = (page: Page, text: string) => byId(page, 'message').filter({ hasText: text })

async function write(page: Page, text: string): Promise<void> {
  await byId(page, 'composer').fill(text)
  await byId(page, 'composer').press('Enter')
}

test('a browser at the edge and a native client on TCP hold one conversation', { timeout: 60_000 }, async () => {
  const context = await browser.newContext()
  const page = await openPage(context, 'alice', 'bob')
  const { token } = (await (await fetch(`${hawser.pageUrl}/dev/token`, { method: 'POST', body: '{"user":"bob"}' })).json()) as {
    token: string
  }
  const bob = connect(hawser.tcpUrl, { token, deviceClass: 'phone' })
  const heard = new Map<string, (value: unknown) => void>()
  const hears = (text: string) => new Promise((resolve) => heard.set(text, resolve))
  bob.on('message', (received) => heard.get(received.text)?.(received))
  await bob.ready()

  // Browser to native, and the marks on it.
  const arrived = hears('ahoy from the browser')
  await write(page, 'ahoy from the browser')
  expect(await arrived).toMatchObject({ from: 'alice', seq: 1, conversationId: 'dm/alice/bob' })
  await message(page, 'ahoy from the browser').and(page.locator('[data-mark=delivered]')).waitFor()
  await bob.markRead('dm/alice/bob', 1)
  await message(page, 'ahoy from the browser').and(page.locator('[data-mark=read]')).waitFor()

  // Native to browser.
  await bob.send({ to: 'alice' }, 'ahoy from the phone')
  await message(page, 'ahoy from the phone').and(page.locator('[data-own=false]')).waitFor()

  // A second tab of the same user sees both, and what comes then is in both once.
  const tab = await openPage(context, 'alice', 'bob')
  await message(tab, 'ahoy from the browser').waitFor()
  await message(tab, 'ahoy from the phone').waitFor()
  await write(tab, 'from the second tab')
  await message(page, 'from the second tab').waitFor()
  await bob.send({ to: 'alice' }, 'to both tabs')
  for (const each of [page, tab]) {
    await message(each, 'to both tabs').waitFor()
    expect(await byId(each, 'message').evaluateAll((all) => all.map((one) => one.getAttribute('data-seq')))).toEqual(['1', '2', '3', '4'])
  }

  // A reload shows the history, without another sign-in.
  await page.reload()
  await state(page).waitFor()
  await message(page, 'to both tabs').waitFor()
  expect(await byId(page, 'message').count()).toBe(4)

  await page.screenshot({ path: `${SCREENSHOTS}page-desktop.png` })
  await page.setViewportSize({ width: 360, height: 720 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.screenshot({ path: `${SCREENSHOTS}page-phone-dark.png` })
  await bob.close()
  await context.close()
})

test('the command line speaks with the page, by TCP and by the edge', { timeout: 60_000 }, async () => {
  const context = await browser.newContext()
  const page = await openPage(context, 'carol', 'dave')
  const edgeUrl = `${hawser.pageUrl.replace('http://localhost', 'ws://127.0.0.1')}/ws`

  for (const url of [hawser.tcpUrl, edgeUrl]) {
    const listening = hawser.cli('listen', '--user', 'dave', '--count', '1', '--url', url)
    const text = `by ${url}`
    await write(page, text)
    const heard = await listening
    expect(heard).toMatchObject({ status: 0, stderr: '', lines: [{ from: 'carol', text, conversation: 'dm/carol/dave' }] })
  }
  for (const url of [hawser.tcpUrl, edgeUrl]) {
    const sent = await hawser.cli('send', '--user', 'dave', '--to', 'carol', '--url', url, 'reply', 'by', url)
    expect(sent).toMatchObject({ status: 0, lines: [{ conversation: 'dm/carol/dave', durability: 'fsynced', duplicate: false }] })
    await message(page, `reply by ${url}`).waitFor()
  }
  const history = await hawser.cli('history', '--user', 'carol', '--with', 'dave', '--limit', '3')
  expect(history.lines.map(({ seq }) => seq)).toEqual([2, 3, 4])
  await context.close()
})
