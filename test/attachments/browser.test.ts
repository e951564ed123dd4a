import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sparticuz from '@sparticuz/chromium'
import { build } from 'esbuild'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type * as Attachments from '../../client/attachments.ts'
import { EdgeProcess } from '../edge/edge-process.ts'

/** Without what would make it another browser than people have: one process, no web security. */
const ARGS = sparticuz.args.filter((arg) => !/^--(single-process|no-zygote|disable-web-security|allow-running-insecure-content)/.test(arg))
/** One red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='

declare const attachments: typeof Attachments

let edge: EdgeProcess
let browser: Browser
let context: BrowserContext
let page: Page
let token: string
const folder = mkdtempSync(join(tmpdir(), 'hawser-attachments-'))
beforeAll(async () => {
  edge = await EdgeProcess.start({ attachmentsDir: folder })
  token = await edge.tokens.token('alice')
  await build({
    entryPoints: [new URL('../../client/attachments.ts', import.meta.url).pathname],
    outfile: join(edge.bundleDir, 'page/attachments.js'),
    bundle: true,
    globalName: 'attachments',
  })
  writeFileSync(join(edge.bundleDir, 'page/index.html'), '<!doctype html><script src="attachments.js"></script>')
  browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args: ARGS, headless: true })
  context = await browser.newContext()
  page = await context.newPage()
  await page.goto(edge.url)
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await edge?.dispose()
  rmSync(folder, { recursive: true, force: true })
})

it('a page uploads with progress', async () => {
  const { attachment, progress } = await page.evaluate(
    async ({ edge, token }) => {
      const progress: [number, number][] = []
      const attachment = await attachments.uploadAttachment({
        edge,
        token,
        file: new Blob([new Uint8Array(3_000_000)]),
        name: 'zeros.bin',
        onProgress: (sent, total) => progress.push([sent, total]),
      })
      return { attachment, progress }
    },
    { edge: edge.url, token },
  )
  expect(attachment).toMatchObject({ name: 'zeros.bin', size: 3_000_000, type: 'application/octet-stream' })
  expect(progress.at(-1)).toEqual([3_000_000, 3_000_000])
  expect(progress).toEqual(progress.toSorted(([a], [b]) => a - b))
  expect(readdirSync(folder)).toContain(`${attachment.id}.json`)
})

it('a page gives an upload up, which leaves nothing', async () => {
  const before = readdirSync(folder)
  // Slow enough for the page to change its mind before all has left.
  const network = await context.newCDPSession(page)
  const megabyte = 1024 * 1024
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: megabyte })
  const reason = await page.evaluate(
    async ({ edge, token }) => {
      const abort = new AbortController()
      const file = new Blob([new Uint8Array(20_000_000)])
      const upload = { edge, token, file, name: 'zeros.bin', signal: abort.signal, onProgress: () => abort.abort('enough') }
      return attachments.uploadAttachment(upload).catch((reason: unknown) => reason)
    },
    { edge: edge.url, token },
  )
  expect(reason).toBe('enough')
  await network.detach()
  // The edge hears of it a little later than the page.
  await expect.poll(() => readdirSync(folder), { timeout: 15_000 }).toEqual(before)
})

it('a page shows a picture by its link, and is told what was refused', async () => {
  const { url, refusal } = await page.evaluate(
    async ({ edge, token, png }) => {
      const file = new Blob([Uint8Array.from(atob(png), (character) => character.charCodeAt(0))])
      const { id } = await attachments.uploadAttachment({ edge, token, file, name: 'pixel.png', type: 'image/png' })
      const { url } = await attachments.attachmentUrl({ edge, token, id })
      const refusal = await attachments.attachmentUrl({ edge, token: 'wrong', id }).catch(({ status, code }) => ({ status, code }))
      return { url, refusal }
    },
    { edge: edge.url, token, png: PNG },
  )
  expect(refusal).toEqual({ status: 401, code: 'token_invalid' })
  const tab = await context.newPage()
  await tab.setContent(`<img src="${url}">`)
  expect(await tab.locator('img').evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBe(1)
  await tab.close()
})

it.each(['text/html', 'image/svg+xml'])('opening the link of a %s saves it and runs nothing', async (type) => {
  const { url } = await page.evaluate(
    async ({ edge, token, type }) => {
      const file = new Blob(['<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "run"</script></svg>'])
      const { id } = await attachments.uploadAttachment({ edge, token, file, name: 'Übel.html', type })
      return attachments.attachmentUrl({ edge, token, id })
    },
    { edge: edge.url, token, type },
  )
  const tab = await context.newPage()
  const [download] = await Promise.all([tab.waitForEvent('download'), tab.goto(url).catch(() => undefined)])
  expect(download.suggestedFilename()).toBe('Übel.html')
  await tab.close()
})
