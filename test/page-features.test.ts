import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, connect } from '../client/node.ts'
import { launchBrowser } from './support/page-browser.ts'
import { PageUser } from './support/page-user.ts'
import { StartProcess } from './support/start-process.ts'

/** Two people walk through what the page can do, one feature after the other; a picture of each is kept in test-output/. */
let hawser: StartProcess
let browser: Browser
let alice: PageUser
let bob: PageUser

beforeAll(async () => {
  hawser = await StartProcess.start()
  browser = await launchBrowser()
  ;[alice, bob] = await Promise.all([
    PageUser.signIn(browser, hawser.pageUrl, 'alice'),
    PageUser.signIn(browser, hawser.pageUrl, 'bob', { turnable: true }),
  ])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await hawser?.dispose()
})

const TIMEOUT = { timeout: 60_000 }

test('a 1:1 conversation, its ticks and an answer with a quote', TIMEOUT, async () => {
  await Promise.all([alice.writeTo('bob'), bob.writeTo('alice')])
  await alice.write('Did the new mooring lines arrive?')
  await bob.message('mooring lines').waitFor()
  await alice.message('mooring lines').and(alice.page.locator('[data-mark=read]')).waitFor()
  await bob.choose('mooring lines', 'reply')
  expect(await bob.byId('task-bar').textContent()).toContain('mooring lines')
  await bob.screenshot('reply-compose')
  await bob.write('Yes, 40 m of 24 mm polyester, on the quay')
  const answer = alice.message('40 m')
  expect(await answer.getByTestId('quote').textContent()).toContain('Did the new mooring lines arrive?')
  await answer.getByTestId('quote').click()
  await alice.page.locator('.message.flash', { hasText: 'Did the new' }).waitFor()
  await alice.screenshot('reply')
})

test('an edit', TIMEOUT, async () => {
  await alice.write('Splendid. See you at noon')
  await bob.message('at noon').waitFor()
  await alice.choose('at noon', 'edit')
  await alice.byId('composer').fill('Splendid. See you at one o’clock')
  await alice.byId('composer').press('Enter')
  for (const user of [alice, bob]) {
    await user.message('at one o’clock').getByTestId('edited').waitFor()
    expect(await user.message('at noon').count()).toBe(0)
  }
  await bob.screenshot('edit')
})

test('reactions', TIMEOUT, async () => {
  await bob.react('at one o’clock', '👍')
  await alice.message('at one o’clock').getByTestId('reaction').waitFor()
  await alice.message('at one o’clock').getByTestId('reaction').click()
  for (const user of [alice, bob]) await user.message('at one o’clock').getByTestId('reaction').filter({ hasText: '2' }).waitFor()
  await bob.react('40 m', '❤️')
  await alice.message('40 m').getByTestId('reaction').waitFor()
  await alice.message('40 m').hover()
  await alice.message('40 m').getByTestId('message-menu').click()
  await alice.page.locator('.menu:popover-open').waitFor()
  await alice.screenshot('reactions')
  await alice.page.keyboard.press('Escape')
  await bob.message('40 m').getByTestId('reaction').click()
  await alice.message('40 m').getByTestId('reaction').waitFor({ state: 'detached' })
})

test('a message taken back', TIMEOUT, async () => {
  await alice.write('The gate code is 4711')
  await bob.message('4711').waitFor()
  await alice.choose('4711', 'recall')
  await alice.message('You took back this message').waitFor()
  await bob.message('alice took back this message').waitFor()
  expect(await bob.page.getByText('4711').count()).toBe(0)
  await bob.screenshot('recall')
})

test('a pinned message', TIMEOUT, async () => {
  await bob.choose('40 m', 'pin')
  await alice.byId('pinned-bar').filter({ hasText: '40 m' }).waitFor()
  await alice.line('bob pinned a message').waitFor()
  await alice.byId('pinned-bar').click()
  await alice.page.locator('.message.flash', { hasText: '40 m' }).waitFor()
  await alice.screenshot('pin')
  await alice.choose('40 m', 'pin')
  await bob.byId('pinned-bar').waitFor({ state: 'detached' })
})

test('a thread under a message', TIMEOUT, async () => {
  await alice.choose('40 m', 'thread-open')
  await alice.inThread('40 m').waitFor()
  await alice.writeInThread('Splices or knots?')
  expect(await bob.message('Splices or knots').getByTestId('thread-mark').textContent()).toContain('In a thread')
  await bob.message('Splices or knots').getByTestId('thread-mark').click()
  await bob.inThread('40 m').waitFor()
  await bob.inThread('Splices or knots').waitFor()
  await bob.writeInThread('Spliced, with thimbles')
  await alice.inThread('Spliced, with thimbles').waitFor()
  await alice.screenshot('thread')
  // From the log, and what the message became since.
  await bob.page.reload()
  await bob.online()
  await bob.message('Spliced').getByTestId('thread-mark').click()
  await bob.inThread('Splices or knots').waitFor()
  await alice.inThread('Splices or').hover()
  await alice.inThread('Splices or').getByTestId('message-menu').click()
  await alice.page.locator('.menu:popover-open [data-testid=recall]').click()
  await bob.inThread('alice took back this message').waitFor()
  expect(await bob.byId('thread').getByTestId('message').count()).toBe(3)
  for (const user of [alice, bob]) {
    await user.byId('thread-close').click()
    await user.byId('thread').waitFor({ state: 'detached' })
  }
})

test('a group: made, members with roles, receipts, renamed, muted, handed over, left, dissolved', TIMEOUT, async () => {
  await alice.byId('new-group').click()
  await alice.byId('group-name').fill('Harbour crew')
  await alice.byId('group-description').fill('Berths, lines and coffee')
  await alice.byId('people-input').fill('bob, carol')
  await alice.byId('people-input').press('Enter')
  await alice.screenshot('group-create')
  await alice.byId('create-group').click()
  await alice.byId('title').filter({ hasText: 'Harbour crew' }).waitFor()
  await alice.line('You made the group').waitFor()
  await bob.open('Harbour crew')
  await bob.line('alice made the group').waitFor()

  await alice.write('Welcome aboard, everybody')
  await bob.message('Welcome aboard').getByTestId('sender').waitFor()
  await alice.byId('read-by').filter({ hasText: 'Read by 1 of 2' }).click()
  await alice.page.locator('[data-testid=reader][data-user=bob]').waitFor()
  await alice.screenshot('group-read-by')
  await alice.byId('close-dialog').click()

  await alice.details(true)
  await alice.member('bob').waitFor()
  await alice.byId('people-input').fill('dave')
  await alice.byId('people-input').press('Enter')
  await alice.byId('add-members').click()
  await bob.line('alice added dave').waitFor()
  await alice.member('dave').waitFor()
  await alice.chooseForMember('bob', 'set-role')
  await bob.line('alice made you an admin').waitFor()
  await alice.page.locator('[data-testid=member][data-user=bob][data-role=admin]').waitFor()
  await alice.byId('rename').fill('Harbour night crew')
  await alice.byId('save-group').click()
  await bob.byId('title').filter({ hasText: 'Harbour night crew' }).waitFor()
  await alice.screenshot('group-details')
  await alice.byId('group-rules').locator('summary').click()
  await alice.byId('rule-pin').selectOption('member')
  await bob.line('alice changed who may do what').waitFor()
  await alice.byId('rule-pin').scrollIntoViewIfNeeded()
  await alice.screenshot('group-rules')

  await bob.details(true)
  await bob.chooseForMember('dave', 'remove-member')
  await alice.line('bob removed dave').waitFor()
  await alice.member('dave').waitFor({ state: 'detached' })
  await alice.chooseForMember('bob', 'set-role')
  await alice.page.locator('[data-testid=member][data-user=bob][data-role=member]').waitFor()
  await alice.chooseForMember('bob', 'mute-member')
  await bob.byId('closed').filter({ hasText: 'You may not write here until' }).waitFor()
  await bob.screenshot('group-muted')
  await alice.page.locator('[data-testid=member][data-user=bob][data-muted=true]').waitFor()
  await alice.chooseForMember('bob', 'mute-member')
  await bob.byId('composer').waitFor()

  await alice.chooseForMember('bob', 'transfer')
  await alice.confirm()
  await bob.byId('dissolve').waitFor()
  await alice.byId('leave').click()
  await alice.confirm()
  await alice.byId('closed').filter({ hasText: 'You are not in this group' }).waitFor()
  await bob.line('alice left').waitFor()
  await bob.byId('dissolve').click()
  await bob.confirm()
  await bob.byId('closed').filter({ hasText: 'dissolved' }).waitFor()
  await bob.screenshot('group-dissolved')
  for (const user of [alice, bob]) await user.details(false)
})

test('typing, presence with a status, and last seen', TIMEOUT, async () => {
  await Promise.all([alice.open('bob'), bob.open('alice')])
  await alice.byId('subtitle').filter({ hasText: 'Online' }).waitFor()
  await bob.byId('composer').pressSequentially('The tide')
  await alice.byId('typing').filter({ hasText: 'typing…' }).waitFor()
  await bob.byId('profile').click()
  await bob.byId('status-text').fill('On the night watch')
  await bob.screenshot('status')
  await bob.byId('save-status').click()
  await alice.byId('subtitle').filter({ hasText: 'Online · On the night watch' }).waitFor()
  await bob.byId('profile').click()
  expect(await bob.byId('status-text').inputValue()).toBe('On the night watch')
  await bob.byId('close-dialog').click()
  await bob.byId('composer').pressSequentially(' turns')
  await alice.byId('typing').filter({ hasText: 'typing…' }).waitFor()
  await alice.screenshot('typing-and-presence')
  await bob.byId('composer').fill('')
  await alice.byId('typing').filter({ hasText: 'typing…' }).waitFor({ state: 'detached' })

  const carol = await PageUser.signIn(browser, hawser.pageUrl, 'carol')
  await carol.writeTo('alice')
  await carol.write('Just passing by')
  await alice.open('carol')
  await alice.byId('subtitle').filter({ hasText: 'Online' }).waitFor()
  await carol.close()
  await alice.byId('subtitle').filter({ hasText: 'Last seen' }).waitFor()
  await alice.screenshot('last-seen')
})

test('mentions: completed, highlighted, and counted', TIMEOUT, async () => {
  await alice.byId('new-group').click()
  await alice.byId('group-name').fill('Pilots')
  await alice.byId('people-input').fill('bob, dave')
  await alice.byId('create-group').click()
  await alice.byId('title').filter({ hasText: 'Pilots' }).waitFor()
  await alice.byId('composer').pressSequentially('Morning @b')
  await alice.byId('name').filter({ hasText: 'bob' }).waitFor()
  await alice.screenshot('mention-completion')
  await alice.byId('composer').press('Enter')
  await alice.byId('composer').pressSequentially('can you take the tug?')
  await alice.byId('composer').press('Enter')
  await bob.conversation('Pilots').getByTestId('mention-badge').waitFor()
  await bob.screenshot('mention-badge')
  await bob.open('Pilots')
  await bob.page.locator('[data-testid=mention][data-self=true]').waitFor()
  await bob.conversation('Pilots').getByTestId('mention-badge').waitFor({ state: 'detached' })
  await bob.screenshot('mention')
})

test('a picture and a file, with progress, preview and download', TIMEOUT, async () => {
  const picture = readFileSync(new URL('../docs/page.png', import.meta.url))
  await alice.open('bob')
  await bob.open('alice')
  // Held at the door, so that the progress can be seen.
  let letGo = (): void => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await alice.page.route('**/attachments', async (route) => {
    await held
    await route.continue()
  })
  await alice.byId('attach-input').setInputFiles({ name: 'berth-7.png', mimeType: 'image/png', buffer: picture })
  await alice.byId('upload').getByRole('progressbar').waitFor()
  await alice.screenshot('attachment-upload')
  letGo()
  for (const user of [alice, bob]) {
    const shown = user.byId('picture').locator('img')
    await shown.waitFor()
    await expect.poll(() => shown.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBe(1280)
  }
  await alice.byId('attach-input').setInputFiles({ name: 'tides.csv', mimeType: 'text/csv', buffer: Buffer.from('hour,metres\n6,3.1\n') })
  await bob.byId('file').filter({ hasText: 'tides.csv' }).waitFor()
  await bob.screenshot('attachment')
  const [download] = await Promise.all([bob.page.waitForEvent('download'), bob.byId('file').click()])
  expect(download.suggestedFilename()).toBe('tides.csv')
  expect(readFileSync(await download.path(), 'utf8')).toBe('hour,metres\n6,3.1\n')
  await bob.byId('picture').click()
  await bob.byId('picture-dialog').locator('img').waitFor()
  await bob.screenshot('attachment-preview')
  await bob.byId('close-dialog').click()
})

test('a message forwarded', TIMEOUT, async () => {
  await alice.choose('40 m', 'forward')
  await alice.page.locator('[data-testid=forward-to]').first().waitFor()
  await alice.screenshot('forward')
  await alice.byId('forward-to').filter({ hasText: 'Pilots' }).click()
  await bob.open('Pilots')
  await bob.message('40 m').getByTestId('forwarded').filter({ hasText: 'bob' }).waitFor()
  await bob.screenshot('forwarded')
})

test('a message later, and one taken back before its time', TIMEOUT, async () => {
  await bob.open('alice')
  await alice.open('bob')
  const later = async (text: string, inMs: number): Promise<void> => {
    await alice.byId('composer').fill(text)
    await alice.byId('send-menu').click()
    await alice.byId('send-later').click()
    const at = new Date(Date.now() + inMs)
    await alice.byId('schedule-at').fill(new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19))
    if (inMs > 60_000) await alice.screenshot('schedule')
    await alice.byId('schedule-send').click()
    await alice.byId('schedule-dialog').waitFor({ state: 'detached' })
  }
  await later('Lock opens in an hour', 3_600_000)
  await later('Lock opens now', 2500)
  await alice.byId('scheduled-bar').click()
  await alice.byId('scheduled').filter({ hasText: 'in an hour' }).waitFor()
  await alice.screenshot('scheduled')
  await alice.byId('scheduled').filter({ hasText: 'in an hour' }).getByTestId('unschedule').click()
  await alice.byId('scheduled').filter({ hasText: 'in an hour' }).waitFor({ state: 'detached' })
  await alice.byId('close-dialog').click()
  for (const user of [bob, alice]) await user.message('Lock opens now').waitFor()
  await alice.byId('scheduled-bar').waitFor({ state: 'detached' })
})

test('a message that disappears', TIMEOUT, async () => {
  await alice.byId('send-menu').click()
  await alice.page.locator('.menu:popover-open').waitFor()
  await alice.screenshot('disappearing-menu')
  await alice.byId('lifetime-60000').click()
  // A minute is long for a test: the page's clock goes on, the server's stays.
  await alice.write('Burn after reading')
  await bob.message('Burn after reading').getByTestId('disappears').waitFor()
  await bob.screenshot('disappearing')
  await bob.page.clock.fastForward(60_500)
  await bob.message('This message disappeared').waitFor()
  expect(await bob.message('Burn after reading').count()).toBe(0)
  await alice.byId('send-menu').click()
  await alice.byId('lifetime-0').click()
})

test('search over all conversations', TIMEOUT, async () => {
  await bob.byId('search-open').click()
  await bob.byId('search').fill('tug')
  await bob.byId('found').filter({ hasText: 'Pilots' }).waitFor()
  await bob.byId('search').fill('mooring')
  await bob
    .byId('found')
    .filter({ has: bob.page.locator('mark', { hasText: 'mooring' }) })
    .waitFor()
  await bob.screenshot('search')
  await bob.byId('found').first().click()
  await bob.page.locator('.message.flash', { hasText: 'mooring lines' }).waitFor()
  await bob.screenshot('search-found')
  await bob.byId('search-close').click()
})

test('a jump far back in a long conversation, and to the newest again', TIMEOUT, async () => {
  const phone = await onPhone('erin')
  const { id } = await phone.createGroup({ name: 'Logbook', members: ['alice'], settings: { open: true } })
  for (let day = 1; day <= 160; day++) await phone.send({ conversationId: id }, day === 7 ? 'Day 7: fog' : `Day ${day}: calm`)
  await phone.close()
  await alice.byId('search-open').click()
  await alice.byId('search').fill('fog')
  await alice
    .byId('found')
    .filter({ has: alice.page.locator('mark', { hasText: 'fog' }) })
    .click()
  await alice.page.locator('.message.flash', { hasText: 'Day 7: fog' }).waitFor()
  expect(await alice.message('Day 160').count()).toBe(0)
  await alice.screenshot('jump')
  await alice.byId('to-bottom').click()
  await alice.message('Day 160').waitFor()
  expect(await alice.message('Day 7: fog').count()).toBe(0)
  await alice.byId('to-bottom').waitFor({ state: 'detached' })
  await alice.byId('search-close').click()
  await alice.conversation('Logbook').and(alice.page.locator('[data-unread="0"]')).waitFor()

  // Whoever has the address of an open group may join.
  await bob.page.goto(`${hawser.pageUrl}/#/${id}`)
  await bob.byId('join').click()
  await bob.message('Day 160').waitFor()
  await alice.line('bob joined').waitFor()
})

test('drafts are on all devices', TIMEOUT, async () => {
  const phone = await onPhone('bob')
  const kept = new Promise<string | undefined>((resolve) =>
    phone.on('change', ({ change }) => change.preference?.draft && resolve(change.preference.draft)),
  )
  await Promise.all([alice.open('bob'), bob.open('alice')])
  await bob.byId('composer').fill('About the tug, I think')
  expect(await kept).toBe('About the tug, I think')
  await bob.open('Pilots')
  await bob.conversation('alice').getByTestId('draft').waitFor()
  await phone.conversation({ with: 'alice' }).set({ draft: 'About the tug: gladly' })
  await bob.conversation('alice').filter({ hasText: 'About the tug: gladly' }).waitFor()
  await bob.screenshot('draft')
  await bob.open('alice')
  expect(await bob.byId('composer').inputValue()).toBe('About the tug: gladly')
  await bob.byId('composer').press('Enter')
  await alice.message('gladly').waitFor()
  await phone.close()
})

test('a conversation pinned, muted, archived, cleared', TIMEOUT, async () => {
  await alice.open('carol')
  await alice.details(true)
  await alice.byId('pin-conversation').click()
  await alice.byId('mute').click()
  const carol = alice.page.locator('[data-testid=conversation][data-peer=carol]')
  await carol.and(alice.page.locator('[data-pinned=true][data-muted=true]')).waitFor()
  expect(await alice.byId('conversation').first().getAttribute('data-peer')).toBe('carol')
  await alice.screenshot('conversation-pinned-muted')
  await alice.byId('clear').click()
  await alice.screenshot('conversation-clear')
  await alice.confirm()
  await alice.message('Just passing by').waitFor({ state: 'detached' })
  await alice.byId('archive').click()
  await alice.byId('archived-toggle').click()
  await alice.byId('archived').getByTestId('conversation').filter({ hasText: 'carol' }).waitFor()
  await alice.screenshot('conversation-archived')
  await alice.page.reload()
  await alice.online()
  await alice.byId('archived-toggle').waitFor()
  expect(await alice.byId('message').count()).toBe(0)
})

test('a room: heard by who is there, kept nowhere', TIMEOUT, async () => {
  const lines = (user: PageUser) => user.byId('room-line')
  await alice.enterRoom('Quay radio')
  await alice.byId('subtitle').filter({ hasText: 'Only you are here' }).waitFor()
  await bob.enterRoom('Quay radio')
  await bob.byId('subtitle').filter({ hasText: '2 are here' }).waitFor()
  await bob.sayInRoom('Tug at berth 4')
  await lines(alice).filter({ hasText: 'bob' }).filter({ hasText: 'Tug at berth 4' }).waitFor()
  await alice.sayInRoom('Heard. Lines are ready')
  await lines(bob).filter({ hasText: 'Lines are ready' }).waitFor()
  await bob.screenshot('room')
  await alice.byId('leave-room').click()
  await alice.byId('title').waitFor({ state: 'detached' })
  await bob.sayInRoom('Anybody?')
  await bob.byId('subtitle').filter({ hasText: 'Only you are here' }).waitFor()
  await alice.enterRoom('Quay radio')
  await alice.byId('subtitle').filter({ hasText: '2 are here' }).waitFor()
  expect(await lines(alice).count()).toBe(0)
  // A reload is a new session, which enters again.
  await alice.page.reload()
  await alice.byId('subtitle').filter({ hasText: '2 are here' }).waitFor()
  await bob.sayInRoom('Fast and fended')
  await lines(alice).filter({ hasText: 'Fast and fended' }).waitFor()
})

test('contacts and a block', TIMEOUT, async () => {
  await alice.open('bob')
  await bob.open('alice')
  await alice.details(true)
  await bob.details(true)
  await alice.byId('contact-ask').click()
  await bob.byId('contact-accept').waitFor()
  await bob.screenshot('contact-request')
  await bob.byId('contact-accept').click()
  await alice.line('bob accepted').waitFor()
  await bob.byId('block').click()
  await bob.confirm()
  await bob.byId('closed').filter({ hasText: 'You have blocked alice' }).waitFor()
  await bob.screenshot('block')
  await alice.byId('composer').fill('Are you there?')
  await alice.byId('composer').press('Enter')
  await alice.message('Are you there?').and(alice.page.locator('[data-mark=failed]')).waitFor()
  await alice.screenshot('blocked')
  await bob.byId('unblock').click()
  await bob.byId('composer').waitFor()
  await alice.page.getByRole('button', { name: 'Retry' }).click()
  await bob.message('Are you there?').waitFor()
})

test('on a phone, in the dark', TIMEOUT, async () => {
  await bob.page.setViewportSize({ width: 390, height: 780 })
  await bob.page.emulateMedia({ colorScheme: 'dark' })
  await bob.screenshot('phone-details')
  await bob.byId('details-close').click()
  await bob.byId('details').waitFor({ state: 'detached' })
  await bob.screenshot('phone-conversation')
  await bob.page.getByLabel('Back to the conversations').click()
  await bob.conversation('Pilots').waitFor()
  await bob.screenshot('phone-list')
})

test('nothing went wrong in the pages', () => {
  expect([alice.faults, bob.faults]).toEqual([[], []])
})

async function onPhone(user: string): Promise<Client> {
  const answer = await fetch(`${hawser.pageUrl}/dev/token`, { method: 'POST', body: JSON.stringify({ user }) })
  const { token } = (await answer.json()) as { token: string }
  const phone = connect(hawser.tcpUrl, { token, deviceClass: 'phone' })
  await phone.ready()
  return phone
}
