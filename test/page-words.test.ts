import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, connect } from '../client/node.ts'
import { launchBrowser } from './support/page-browser.ts'
import { PageUser } from './support/page-user.ts'
import { StartProcess } from './support/start-process.ts'

let hawser: StartProcess
let browser: Browser
let bob: Client
beforeAll(async () => {
  hawser = await StartProcess.start()
  browser = await launchBrowser()
  const response = await fetch(`${hawser.pageUrl}/dev/token`, { method: 'POST', body: '{"user":"bob"}' })
  bob = connect(hawser.tcpUrl, { token: ((await response.json()) as { token: string }).token, deviceId: 'phone' })
  await bob.ready()
}, 60_000)
afterAll(async () => {
  await bob?.close()
  await browser?.close()
  await hawser?.dispose()
})

test('what does not work is told in words, with what to do next', { timeout: 60_000 }, async () => {
  const alice = await PageUser.signIn(browser, hawser.pageUrl, 'alice')
  const { page } = alice
  const told = (words: string) => page.getByText(words).first().waitFor()

  await alice.byId('new-conversation').fill('two words')
  await alice.byId('new-conversation').press('Enter')
  await told('A name has no spaces, and nothing that cannot be seen.')
  await alice.byId('search-open').click()
  await alice.byId('search').fill('!?')
  await told('Type at least one letter or digit to search for')
  await alice.byId('search-close').click()

  await alice.writeTo('bob')
  await alice.byId('attach-input').setInputFiles({ name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(27_000_000) })
  await told('This file is too large for the server. Send a smaller one, or a link to it.')
  await alice.byId('composer').fill('long '.repeat(14_000))
  await alice.byId('composer').press('Enter')
  await told('The message is too long. Send it in parts, or as a file.')
  await bob.block('alice')
  await alice.byId('composer').fill('hello')
  await alice.byId('composer').press('Enter')
  await told('One of you has blocked the other, so this cannot be sent.')
  await alice.screenshot('words')

  const group = await bob.createGroup({ name: 'Crew', members: ['carol'] })
  await page.goto(`${hawser.pageUrl}/#/${group.id}`)
  await alice.byId('join').click()
  await told('There is no such conversation, or you are not in it.')
  expect(alice.faults).toEqual([])
  await alice.close()
})
