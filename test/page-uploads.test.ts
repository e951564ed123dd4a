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
  [413, 'attachment_too_large', 'the file is larger than this server takes.'],
  [429, 'quota_exceeded', 'as much was sent as may be in one day. Try again in some hours.'],
  [507, 'quota_used_up', 'you have sent as many files as this server keeps for you.'],
  [507, 'storage_full', 'the server has no room left for files.'],
  [429, 'too_many_uploads', 'too many files are on their way at once. Try again when some have arrived.'],
  [429, 'rate_exceeded', 'too many files were begun in one minute. Try again in a minute.'],
  [408, 'upload_stalled', 'the connection stood still for too long.'],
  [503, 'not_configured', 'this server takes no files.'],
  [0, 'no answer', 'the connection was lost. Try again.'],
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
