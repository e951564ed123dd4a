import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { uploadAttachment } from '../client/node.ts'
import { launchBrowser } from './support/page-browser.ts'
import { PageUser } from './support/page-user.ts'
import { PrefixProxy } from './support/prefix-proxy.ts'
import { StartProcess } from './support/start-process.ts'

let hawser: StartProcess
let proxy: PrefixProxy
let browser: Browser
beforeAll(async () => {
  hawser = await StartProcess.start()
  proxy = await PrefixProxy.to(hawser.pageUrl)
  browser = await launchBrowser()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  proxy?.[Symbol.dispose]()
  await hawser?.dispose()
})

test('below a path of another server the page signs in, writes, and takes and shows files, also one of no bytes', {
  timeout: 60_000,
}, async () => {
  const alice = await PageUser.signIn(browser, proxy.url, 'alice')
  const bob = await PageUser.signIn(browser, proxy.url, 'bob')
  await alice.writeTo('bob')
  await alice.write('from below')
  await bob.open('alice')
  await bob.message('from below').waitFor()

  for (const [name, content] of [
    ['full.txt', 'something'],
    ['empty.txt', ''],
  ] as const) {
    await alice.byId('attach-input').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })
    const file = bob.page.getByTestId('file').filter({ hasText: name })
    const [download] = await Promise.all([bob.page.waitForEvent('download'), file.click()])
    expect(await download.failure()).toBe(null)
    expect((await (await download.createReadStream()).toArray()).join('')).toBe(content)
  }
  expect(alice.faults.concat(bob.faults)).toEqual([])
  expect(proxy.strays.filter((path) => path !== '/favicon.ico')).toEqual([])
  await alice.close()
  await bob.close()
})

test.each(['', 'ws'])('the SDK finds the attachments beside the door of its address, which ends with "%s"', async (door) => {
  const { token } = (await (await fetch(`${proxy.url}dev/token`, { method: 'POST', body: '{"user":"carol"}' })).json()) as { token: string }
  const file = new TextEncoder().encode('by the SDK')
  const edge = proxy.url.replace('http', 'ws') + door
  expect(await uploadAttachment({ edge, token, file, name: 'a' })).toMatchObject({ size: file.length })
})
