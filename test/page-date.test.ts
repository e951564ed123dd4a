import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hawser as command } from './client/program.ts'
import { launchBrowser } from './support/page-browser.ts'
import { PageUser } from './support/page-user.ts'
import { SettableDate } from './support/settable-date.ts'
import { StartProcess } from './support/start-process.ts'

const TEN_MINUTES = 600_000

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

test('of two browsers one is ten minutes slow and one fast: what shall disappear in a minute is sent, and seen', {
  timeout: 60_000,
}, async () => {
  const [slow, fast] = await Promise.all([
    PageUser.signIn(browser, hawser.pageUrl, 'slow', { dateAhead: -TEN_MINUTES }),
    PageUser.signIn(browser, hawser.pageUrl, 'fast', { dateAhead: TEN_MINUTES }),
  ])
  await slow.writeTo('fast')
  await slow.byId('send-menu').click()
  await slow.byId('lifetime-60000').click()
  await slow.write('for a minute')
  await fast.open('slow')
  for (const user of [slow, fast]) await user.message('for a minute').getByTestId('disappears').waitFor()
  await fast.byId('send-menu').click()
  await fast.byId('lifetime-60000').click()
  await fast.write('for as long')
  for (const user of [slow, fast]) await user.message('for as long').getByTestId('disappears').waitFor()
  expect(await slow.byId('message').count()).toBe(2)
  expect(slow.faults.concat(fast.faults)).toEqual([])
  await slow.close()
  await fast.close()
})

test.each([-TEN_MINUTES, TEN_MINUTES])('the command line on a machine that is %d ms ahead', async (ahead) => {
  const date = new SettableDate(ahead)
  Object.assign(process.env, date.env)
  try {
    const account = ['--user', 'alice', '--data', hawser.data, '--url', hawser.tcpUrl, '--to', 'bob']
    expect(await command('send', ...account, '--expires', '60s', 'gone soon')).toMatchObject({ status: 0 })
    const later = await command('send', ...account, '--in', '60s', 'comes soon')
    expect(later).toMatchObject({ status: 0 })
    expect(JSON.parse(later.stdout).scheduledFor - Date.now()).toSatisfy((ms: number) => ms > 30_000 && ms < 90_000)
  } finally {
    for (const name of Object.keys(date.env)) delete process.env[name]
    date.dispose()
  }
})
