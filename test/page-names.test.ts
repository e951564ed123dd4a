import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attachmentMessage, type Client, connect } from '../client/node.ts'
import { HostileNames } from './support/hostile-names.ts'
import { launchBrowser } from './support/page-browser.ts'
import { PageUser } from './support/page-user.ts'
import { StartProcess } from './support/start-process.ts'

/** What an old log may hold: a name that turns its line around, with an ending it does not have, and one in Hebrew. */
const HOSTILE = 'eve\u202egpj.exe\u0007\u009b31m\u2066\u200b'
const HEBREW = 'רות'
const DISGUISES = [
  { plain: 'eve', hostile: HOSTILE },
  { plain: 'ruth', hostile: HEBREW },
]

let hawser: StartProcess
let browser: Browser
let eve: Client
let ruth: Client
let alice: PageUser
beforeAll(async () => {
  hawser = await StartProcess.start()
  browser = await launchBrowser()
  eve = await clientOf('eve')
  ruth = await clientOf('ruth')
  alice = await PageUser.signIn(browser, hawser.pageUrl, 'alice', { prepare: disguised })
}, 60_000)
afterAll(async () => {
  await Promise.all([eve?.close(), ruth?.close()])
  await browser?.close()
  await hawser?.dispose()
})

async function clientOf(user: string): Promise<Client> {
  const response = await fetch(`${hawser.pageUrl}/dev/token`, { method: 'POST', body: JSON.stringify({ user }) })
  const { token } = (await response.json()) as { token: string }
  const client = connect(hawser.tcpUrl, { token, deviceId: `of ${user}` })
  await client.ready()
  return client
}

/** The page talks to the real edge, and is told other names. */
async function disguised(page: Page): Promise<void> {
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const names = new HostileNames(DISGUISES)
    const server = socket.connectToServer()
    socket.onMessage((data) => {
      if (typeof data === 'string') server.send(data)
      else for (const frame of names.toServer(data)) server.send(Buffer.from(frame))
    })
    server.onMessage((data) => {
      if (typeof data === 'string') socket.send(data)
      else for (const frame of names.toClient(data)) socket.send(Buffer.from(frame))
    })
  })
}

/** Nothing that is shown has a character that turns or hides something, and Hebrew turns nothing around it. */
async function expectSafe(where: string): Promise<void> {
  const found = await alice.page.evaluate<Found>(FAULTS_ON_PAGE)
  expect({ where, ...found }).toEqual({ where, raw: [], turning: [], names: expect.any(Number) })
  expect(found.names, where).toBeGreaterThan(0)
  expect(alice.faults).toEqual([])
}

interface Found {
  readonly raw: readonly string[]
  readonly turning: readonly string[]
  readonly names: number
}

/** Runs in the page. An avatar's letter stands in a box of its own. */
const FAULTS_ON_PAGE = String.raw`(() => {
  const raw = []
  const turning = []
  let names = 0
  const look = (text, isIsolated, of) => {
    const rest = text.replace(/\u2068[^\u2066-\u2069]*\u2069/gu, (piece) => (isIsolated ? piece.slice(1, -1) : ''))
    const unsafe = /[^\P{Cc}\n\t]|[\p{Cs}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff]/u
    if (unsafe.test(rest)) raw.push(of + ': ' + JSON.stringify(text))
    if (!isIsolated && /[\u0590-\u05ff]/.test(rest)) turning.push(of + ': ' + JSON.stringify(text))
    if (/eve|\u05e8\u05d5\u05ea/.test(text)) names++
  }
  look(document.title, false, 'title')
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    if (node instanceof Element) {
      for (const name of ['title', 'aria-label', 'alt', 'placeholder', 'download']) {
        const value = node.getAttribute(name)
        if (value !== null) look(value, false, node.tagName + ' ' + name)
      }
    } else look(node.textContent, node.parentElement.closest('bdi, .avatar') !== null, node.parentElement.outerHTML.slice(0, 200))
  }
  return { raw, turning, names }
})()`

test('names that turn text around, and names in Hebrew, in every place that shows one', { timeout: 120_000 }, async () => {
  const { page } = alice
  const group = await eve.createGroup({ name: 'eve and ruth', description: 'of eve', members: ['alice', 'ruth'] })
  const of = { conversationId: group.id }
  const { seq: first } = await eve.send(of, 'look here', { mentions: ['alice'] })
  await ruth.send(of, '@alice and @eve', { mentions: ['alice', 'eve'], replyTo: first })
  await ruth.send(of, 'said before', { forward: { conversationId: group.id, seq: first, sender: 'eve' } })
  const file = { id: '0'.repeat(32), name: 'eve.txt', size: 5, type: 'text/plain' }
  const sent = attachmentMessage(file)
  await eve.send(of, sent)
  await eve.send(of, attachmentMessage({ ...file, name: 'ruth.txt' }))
  await ruth.conversation(group.id).react(first, 'eve')
  await eve.conversation(group.id).pin(first)
  await eve.send({ to: 'alice' }, 'to you alone')
  await ruth.send({ to: 'alice' }, 'to you alone, too')
  await eve.setStatus({ text: 'eve is here' })

  await page.locator('[data-testid=conversation]').nth(2).waitFor()
  await expectSafe('the list')

  await page.locator(`[data-testid=conversation][data-conversation="${group.id}"]`).click()
  await alice.message('said before').waitFor()
  await page.getByTestId('file').nth(1).waitFor()
  await expectSafe('messages, mentions, replies, forwards, files, reactions, lines, the title')
  const name = page.getByTestId('file-name').first()
  expect(await name.locator('.ending').textContent()).toBe('.txt')

  await page.setViewportSize({ width: 420, height: 800 })
  const box = await name.locator('.ending').boundingBox()
  const card = await page.getByTestId('file').first().boundingBox()
  expect((box?.x ?? 1e6) + (box?.width ?? 0)).toBeLessThan((card?.x ?? 0) + (card?.width ?? 0))
  await page.setViewportSize({ width: 1280, height: 800 })

  await eve.conversation(group.id).typing()
  await page.getByTestId('typing').filter({ hasText: 'typing' }).waitFor()
  await ruth.conversation(group.id).typing()
  await page.getByTestId('typing').filter({ hasText: ' and ' }).waitFor()
  await expectSafe('typing')

  await alice.details(true)
  await page.getByTestId('member').nth(2).waitFor()
  await page.getByTestId('member-menu').first().click()
  await page.getByTestId('write-to').first().waitFor()
  await expectSafe('members and their menu')
  await page.locator('.menu button:focus').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('[data-testid=member-menu]:focus').waitFor()
  // Escape closes the menu alone, also one which has only begun to open.
  await page.getByTestId('member-menu').first().click()
  await page.keyboard.press('Escape')
  await page.getByTestId('leave').click()
  await expectSafe('a question')
  await page.getByTestId('close-dialog').click()
  await alice.screenshot('names')
  await alice.details(false)

  await alice.choose('said before', 'reply')
  await page.getByTestId('task-bar').waitFor()
  await expectSafe('an answer begun')
  await page.getByTestId('composer').fill('@e')
  await page.getByTestId('composer').press('v')
  await page.getByTestId('names').waitFor()
  await expectSafe('names to mention')
  await page.getByTestId('composer').fill('')
  await page.getByTestId('cancel-task').click()

  await alice.choose('look here', 'who-reacted')
  await page.getByTestId('reactor').waitFor()
  await expectSafe('who has reacted')
  await page.getByTestId('close-dialog').click()
  await alice.write('mine')
  const mine = alice.message('mine').and(page.locator('[data-seq]'))
  await eve.markRead(group.id, Number(await mine.getAttribute('data-seq')))
  await alice.choose('mine', 'who-read')
  await page.getByTestId('reader').first().waitFor()
  await expectSafe('who has read')
  await page.getByTestId('close-dialog').click()

  await alice.choose('look here', 'forward')
  await page.getByTestId('forward-to').nth(2).waitFor()
  await expectSafe('forward to')
  await page.locator(`[data-testid=forward-to][data-conversation="${group.id}"]`).click()
  await page.getByTestId('notice').waitFor()
  await expectSafe('a notice')

  await alice.choose('said before', 'thread-open')
  await page.getByTestId('thread').getByTestId('message').first().waitFor()
  await expectSafe('a thread')
  await page.getByTestId('thread-close').click()

  await page.getByTestId('search-open').click()
  await page.getByTestId('search').fill('alone')
  await page.getByTestId('found').nth(1).waitFor()
  await page.getByTestId('search').fill('look')
  await page.getByTestId('found').first().waitFor()
  await expectSafe('what was found')
  await page.getByTestId('search-close').click()

  for (const text of ['to you alone', 'to you alone, too']) {
    const last = page.locator('.snippet', { hasText: new RegExp(`^${text}$`) })
    await page.getByTestId('conversation').filter({ has: last }).click()
    await page.getByTestId('title').waitFor()
    await alice.details(true)
    await page.getByTestId('block').waitFor()
    await expectSafe('a person')
    await page.getByTestId('block').click()
    await expectSafe('a question about a person')
    await page.getByTestId('confirm-yes').click()
    await page.getByTestId('unblock').waitFor()
    await expectSafe('one who is blocked')
    await page.getByTestId('unblock').click()
    await alice.details(false)
  }

  await page.getByTestId('rooms').click()
  await page.getByTestId('room-name').fill(`${HOSTILE}-room`.replace(/\p{Cc}/gu, ''))
  await page.getByTestId('room-name').press('Enter')
  await page.getByTestId('title').waitFor()
  await expectSafe('a room')
})
