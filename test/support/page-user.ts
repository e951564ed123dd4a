import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { SCREENSHOTS } from './page-browser.ts'

interface SignIn {
  readonly dateAhead?: number
  readonly turnable?: boolean
  readonly prepare?: (page: Page) => Promise<unknown>
}

/** A person before the web page, in a browser of their own. */
export class PageUser {
  readonly name: string
  readonly page: Page
  readonly #context: BrowserContext
  /** What went wrong in the page's script. */
  readonly faults: string[] = []

  private constructor(name: string, context: BrowserContext, page: Page) {
    this.name = name
    this.page = page
    this.#context = context
    page.on('pageerror', (error) => this.faults.push(error.message))
  }

  /**
   * `dateAhead`: by so many milliseconds the browser's date is wrong. `turnable`: the test may turn the page's clock
   * forward. `prepare` has the page before anything is loaded.
   */
  static async signIn(browser: Browser, pageUrl: string, name: string, options: SignIn = {}): Promise<PageUser> {
    const { dateAhead = 0, turnable = false, prepare } = options
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true })
    context.setDefaultTimeout(15_000)
    if (turnable) await context.clock.install()
    if (dateAhead !== 0) await context.addInitScript(setDate, dateAhead)
    const user = new PageUser(name, context, await context.newPage())
    await prepare?.(user.page)
    await user.page.goto(pageUrl)
    await user.byId('sign-in-name').fill(name)
    await user.byId('sign-in').click()
    await user.online()
    return user
  }

  byId(id: string): Locator {
    return this.page.getByTestId(id)
  }

  async online(): Promise<void> {
    await this.page.locator('[data-testid=connection-state][data-state=online]').waitFor()
  }

  /** Opens the 1:1 conversation with somebody. */
  async writeTo(peer: string): Promise<void> {
    await this.byId('new-conversation').fill(peer)
    await this.byId('new-conversation').press('Enter')
    await this.byId('title').filter({ hasText: peer }).waitFor()
  }

  /** Opens one of those in the list. */
  async open(title: string): Promise<void> {
    await this.conversation(title).click()
    await this.byId('title').filter({ hasText: title }).waitFor()
  }

  conversation(title: string): Locator {
    return this.byId('conversation').filter({ has: this.page.locator('.peer', { hasText: title }) })
  }

  message(text: string): Locator {
    return this.byId('message').filter({ has: this.page.locator('.text', { hasText: text }) })
  }

  line(text: string): Locator {
    return this.byId('line').filter({ hasText: text })
  }

  async write(text: string): Promise<void> {
    await this.byId('composer').fill(text)
    await this.byId('composer').press('Enter')
    await this.message(text).locator('visible=true').last().waitFor()
  }

  /** A message in the open thread. */
  inThread(text: string): Locator {
    return this.byId('thread').getByTestId('message').filter({ hasText: text })
  }

  async writeInThread(text: string): Promise<void> {
    await this.byId('thread-composer').fill(text)
    await this.byId('thread-composer').press('Enter')
    await this.inThread(text).waitFor()
  }

  async enterRoom(name: string): Promise<void> {
    await this.byId('rooms').click()
    await this.byId('room-name').fill(name)
    await this.byId('room-name').press('Enter')
    await this.byId('title').filter({ hasText: name }).waitFor()
  }

  async sayInRoom(text: string): Promise<void> {
    await this.byId('room-composer').fill(text)
    await this.byId('room-composer').press('Enter')
    await this.byId('room-line').filter({ hasText: text }).waitFor()
  }

  /** Something of the menu of a message. */
  async choose(text: string, action: string): Promise<void> {
    await this.message(text).hover()
    await this.message(text).getByTestId('message-menu').click()
    await this.page.locator(`.menu:popover-open [data-testid=${action}]`).click()
  }

  async react(text: string, key: string): Promise<void> {
    await this.message(text).hover()
    await this.message(text).getByTestId('message-menu').click()
    await this.page.locator(`.menu:popover-open [data-testid=react][data-key="${key}"]`).click()
  }

  /** Something of the menu of a member in the open details. */
  async chooseForMember(member: string, action: string): Promise<void> {
    await this.member(member).getByTestId('member-menu').click()
    await this.page.locator(`.menu:popover-open [data-testid=${action}]`).click()
  }

  member(user: string): Locator {
    return this.page.locator(`[data-testid=member][data-user="${user}"]`)
  }

  async details(isOpen: boolean): Promise<void> {
    if ((await this.byId('details').isVisible()) !== isOpen) await this.byId('details-toggle').click()
  }

  async confirm(): Promise<void> {
    await this.byId('confirm-yes').click()
    await this.byId('confirm').waitFor({ state: 'detached' })
  }

  async screenshot(feature: string): Promise<void> {
    await this.page.screenshot({ path: `${SCREENSHOTS}page-${feature}.png`, animations: 'disabled' })
  }

  async close(): Promise<void> {
    await this.#context.close()
  }
}

/** Runs in the browser before the page does. Its date alone is another; timers and `performance.now` go on. */
function setDate(ahead: number): void {
  const Real = Date
  const now = () => Real.now() + ahead
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  })
}
