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

const removed = (of: string, name: string) =>
  `delete ${of}.${name}; try { Object.defineProperty(${of}, '${name}', { value: undefined, configurable: true }) } catch {}`
const throwing = (of: string, name: string) =>
  `Object.defineProperty(${of}, '${name}', { get() { throw new DOMException('denied', 'SecurityError') }, configurable: true })`
const failing = (of: string, name: string) => `${of}.${name} = () => { throw new DOMException('denied', 'NotAllowedError') }`

const FORBIDDEN: readonly (readonly [string, string])[] = [
  ...['localStorage', 'sessionStorage', 'indexedDB', 'caches'].flatMap(
    (name) =>
      [
        [`${name} is not there`, removed('window', name)],
        [`${name} is denied`, throwing('window', name)],
      ] as const,
  ),
  [
    'site data of all kinds is denied',
    ['localStorage', 'sessionStorage', 'indexedDB', 'caches'].map((name) => throwing('window', name)).join(';'),
  ],
  ['site data has no room', `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }`],
  [
    'site data is garbage',
    `for (const each of ['hawser.queued.', 'hawser.status.']) for (let at = 0; at < 30; at++) { localStorage[each + 'u' + at] = '{'; sessionStorage[each + 'u' + at] = '{' }`,
  ],
  ...['Notification', 'BroadcastChannel', 'SharedWorker', 'Worker', 'ResizeObserver', 'createImageBitmap', 'requestIdleCallback'].map(
    (name) => [`${name} is not there`, removed('window', name)] as const,
  ),
  ...['clipboard', 'serviceWorker', 'locks', 'storage', 'permissions', 'connection', 'userAgentData', 'mediaDevices'].flatMap(
    (name) =>
      [
        [`navigator.${name} is not there`, removed('Navigator.prototype', name)],
        [`navigator.${name} is denied`, throwing('Navigator.prototype', name)],
      ] as const,
  ),
  ['writing to the clipboard is denied', failing('Clipboard.prototype', 'writeText')],
  [
    'crypto.randomUUID and crypto.subtle are not there',
    `${removed('Crypto.prototype', 'randomUUID')};${removed('Crypto.prototype', 'subtle')}`,
  ],
  ...['ListFormat', 'RelativeTimeFormat', 'Segmenter', 'PluralRules', 'DisplayNames', 'NumberFormat'].map(
    (name) => [`Intl.${name} is not there`, removed('Intl', name)] as const,
  ),
  ['Intl.DateTimeFormat fails', failing('Intl', 'DateTimeFormat')],
  ['what knows addresses does not come', 'window.forbidsChunks = true'],
]

test.each(FORBIDDEN.map(([name, script], at) => [name, script, at] as const))(
  'where %s, the page signs in, sends and receives',
  { timeout: 60_000 },
  async (_, script, at) => {
    const alice = await PageUser.signIn(browser, `${hawser.pageUrl}/`, `u${at}`, {
      prepare: async (page) => {
        await page.addInitScript(script)
        if (script.includes('forbidsChunks')) await page.route('**/chunks/**', (route) => route.abort())
      },
    })
    await alice.writeTo('bob')
    const arrived = new Promise<string>((resolve) => {
      const stop = bob.on('message', ({ from, text }) => {
        if (from === `u${at}`) resolve(text)
        if (from === `u${at}`) stop()
      })
    })
    await alice.write('ahoy https://a.com')
    expect(await arrived).toBe('ahoy https://a.com')
    await bob.send({ to: `u${at}` }, 'received')
    await alice.message('received').waitFor()
    await alice.choose('received', 'copy')
    await alice.byId('notice').waitFor()
    // A reload may forget who was signed in, and nothing else.
    await alice.page.reload()
    const name = alice.byId('sign-in-name')
    await name.or(alice.byId('composer')).first().waitFor()
    if (await name.isVisible()) {
      await name.fill(`u${at}`)
      await alice.byId('sign-in').click()
    }
    await alice.message('received').waitFor()
    expect(alice.faults).toEqual([])
    await alice.close()
  },
)
