import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from './support/page-browser.ts'
import { PageUser } from './support/page-user.ts'
import { StartProcess } from './support/start-process.ts'

let hawser: StartProcess
let browser: Browser
let alice: PageUser
beforeAll(async () => {
  hawser = await StartProcess.start()
  browser = await launchBrowser()
  alice = await PageUser.signIn(browser, hawser.pageUrl, 'alice')
  await alice.writeTo('bob')
}, 60_000)
afterAll(async () => {
  await alice?.close()
  await browser?.close()
  await hawser?.dispose()
})

test.each([
  [413, 'attachment_too_large', 'This file is too large for the server. Send a smaller one, or a link to it.'],
  [429, 'quota_exceeded', 'You have sent as many files as you may in a day. Try again later.'],
  [507, 'quota_used_up', 'You have no more room for files on this server. Send a link instead, or ask who runs it.'],
  [507, 'storage_full', 'The server has no more room for files. Send a link instead, or ask who runs it.'],
  [429, 'too_many_uploads', 'Too many files are on their way. Wait until some have arrived, then send it again.'],
  [429, 'rate_exceeded', 'Too many files at once. Wait a minute, then send it again.'],
  [408, 'upload_stalled', 'The upload stood still for too long. Send it again.'],
  [503, 'not_configured', 'This server takes no files. Send a link instead.'],
  [0, 'no answer', 'The server cannot be reached. Check your connection and try again.'],
])('the page says in plain words why a file was refused: %i %s', { timeout: 20_000 }, async (status, code, words) => {
  await alice.page.route('**/attachments', (route) =>
    status === 0 ? route.abort() : route.fulfill({ status, json: { code, message: `the server's own words on ${code}` } }),
  )
  await alice.byId('attach-input').setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
  const upload = alice.page.locator('[data-testid=upload][data-failed=true]')
  expect(await upload.locator('.failure').textContent()).toContain(`Not sent: ${words}`)
  await upload.getByLabel('Cancel the upload').click()
  await alice.page.unroute('**/attachments')
})
