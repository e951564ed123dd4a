import { mkdirSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

export const SCREENSHOTS = new URL('../../test-output/', import.meta.url).pathname

/** Without what would make it another browser than people have: one process, no web security. */
const ARGS = sparticuz.args.filter((arg) => !/^--(single-process|no-zygote|disable-web-security|allow-running-insecure-content)/.test(arg))

export async function launchBrowser(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true })
  return chromium.launch({ executablePath: await sparticuz.executablePath(), args: ARGS, headless: true })
}
