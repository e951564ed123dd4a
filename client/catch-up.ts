import { Command } from '../shared/commands.ts'
import { RequestError } from '../shared/errors.ts'
import { type Conversation, Direction, type Sync, type SyncAck } from '../shared/gen/hawser.ts'
import type { Cancel, Clock } from './clock.ts'
import { TimeoutError } from './errors.ts'
import type { Inbox } from './inbox.ts'
import type { Pace } from './pace.ts'
import type { Requests } from './requests.ts'
import { isRetryable, RETRY_AFTER_MS } from './retryable.ts'

/** A conversation can slip past the pages of the list by moving to its front; the next round finds it. */
const MAX_ROUNDS = 3

/** Calls that a sync makes of its surroundings. */
export interface CatchUpHandlers {
  /** A conversation that the list shows; it may be new to the inbox. */
  found(conversation: Conversation): void
  /** The sync cannot go on over this connection. */
  failed(error: Error): void
}

/** Pulls what was not pushed, over one connection: all of it after a login, parts of it after a GAP or a hole (R2, R5, R6). */
export class CatchUp {
  readonly #requests: Requests
  readonly #inbox: Inbox
  readonly #pace: Pace
  readonly #clock: Clock
  readonly #handlers: CatchUpHandlers
  readonly #pulls = new Map<string, Promise<void>>()
  readonly #again = new Set<string>()
  #done: () => void = () => {}
  /** Syncs of all conversations that are under way. */
  #running = 0
  readonly #pauses = new Set<Cancel>()
  #stopped = false

  constructor(parts: { requests: Requests; inbox: Inbox; pace: Pace; clock: Clock }, handlers: CatchUpHandlers) {
    this.#requests = parts.requests
    this.#inbox = parts.inbox
    this.#pace = parts.pace
    this.#clock = parts.clock
    this.#handlers = handlers
  }

  /** The first sync after a login; `done` is called when the pushes may flow, then and after each `all`. */
  start(done: () => void): void {
    this.#done = done
    this.all()
  }

  /** R5: any conversation may have moved. */
  all(): void {
    this.#running++
    this.#run(
      this.#rounds().then(() => {
        this.#pace.synced()
        if (--this.#running === 0 && !this.#stopped) this.#done()
      }),
    )
  }

  /** R5: one conversation was not pushed for a while. A pull that runs already goes round once more; the first sync finds out by its list where a new one begins. */
  gap(conversationId: string, lastSeq: number): void {
    if (!this.#inbox.awaits(conversationId, lastSeq)) this.#run(this.#pullOnce(conversationId))
  }

  /** R2: a push shows a hole. A pull that runs already will see to it. */
  fill(conversationId: string): void {
    if (!this.#pulls.has(conversationId)) this.#run(this.#pullOnce(conversationId))
  }

  /** The connection is gone. */
  stop(): void {
    this.#stopped = true
    for (const cancel of this.#pauses) cancel()
  }

  #run(work: Promise<unknown>): void {
    work.catch((error: Error) => {
      if (!this.#stopped) this.#handlers.failed(error)
    })
  }

  async #rounds(): Promise<void> {
    let rounds = 0
    do await this.#round()
    while (this.#inbox.hasStrangers() && ++rounds < MAX_ROUNDS)
  }

  async #round(): Promise<void> {
    const behind = await this.#list()
    const next = behind.values()
    const worker = async () => {
      for (const conversationId of next) await this.#pullOnce(conversationId)
    }
    await Promise.all(Array.from({ length: this.#pace.pullsAtOnce }, worker))
  }

  /** The conversations that go past their cursor, and those that are not what they were (Y6). */
  async #list(): Promise<Set<string>> {
    const behind = new Set<string>()
    const missing = new Set(this.#inbox.known())
    let cursor = ''
    do {
      const { list } = await this.#ask({ page: undefined, list: { cursor, limit: this.#pace.limit } })
      for (const conversation of list?.conversations ?? []) {
        this.#handlers.found(conversation)
        missing.delete(conversation.conversationId)
        if (!this.#inbox.isCurrent(conversation)) behind.add(conversation.conversationId)
      }
      cursor = list?.nextCursor ?? ''
    } while (cursor !== '')
    for (const conversationId of missing) behind.add(conversationId)
    return behind
  }

  #pullOnce(conversationId: string): Promise<void> {
    this.#again.add(conversationId)
    let pull = this.#pulls.get(conversationId)
    if (!pull) {
      pull = this.#pull(conversationId).finally(() => this.#pulls.delete(conversationId))
      this.#pulls.set(conversationId, pull)
    }
    return pull
  }

  async #pull(conversationId: string): Promise<void> {
    const inbox = this.#inbox
    while (this.#again.delete(conversationId) || inbox.isBehind(conversationId)) {
      const start = inbox.cursorOf(conversationId)
      if (!(await this.#pages(conversationId))) return
      inbox.settle(conversationId)
      const stuck = inbox.isBehind(conversationId) && inbox.cursorOf(conversationId) === start
      if (stuck) await this.#pause(RETRY_AFTER_MS) // what was pushed is not in the log yet: S1 says it will be
    }
  }

  /** Pages from the cursor on until `more` is false. Returns false where the user is not in the conversation any more (Y4). */
  async #pages(conversationId: string): Promise<boolean> {
    for (;;) {
      const standing = this.#inbox.standing(conversationId)
      const query = { conversationId, withUser: '', direction: Direction.FORWARD, limit: this.#pace.limit, ...standing }
      const askedAt = this.#clock.elapsed()
      const page = await this.#ask({ page: query, list: undefined }).then((ack) => ack.page, ignoreUnknown)
      if (!page) return false
      if (page.more) this.#pace.filled(this.#clock.elapsed() - askedAt)
      this.#inbox.turn(page)
      for (const message of page.messages) this.#inbox.fill(message)
      const begin = page.discontinuity ? page.fromSeq : standing.fromSeq
      if (!page.more || this.#inbox.cursorOf(conversationId) === begin) return true
    }
  }

  async #ask(sync: Sync): Promise<SyncAck> {
    for (;;) {
      try {
        return await this.#requests.ask(Command.SYNC, sync, 'connection', this.#pace.timeoutMs)
      } catch (error) {
        if (error instanceof TimeoutError && !this.#stopped) this.#pace.timedOut()
        if (!(error instanceof RequestError && isRetryable(error.code))) throw error
        await this.#pause(error.retryAfterMs || RETRY_AFTER_MS)
      }
    }
  }

  /** A pause that `stop` cuts off never ends, and what waits for it is collected. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, () => {
        this.#pauses.delete(cancel)
        resolve()
      })
      this.#pauses.add(cancel)
    })
  }
}

function ignoreUnknown(error: unknown): undefined {
  if (error instanceof RequestError && error.code === 'conversation_unknown') return undefined
  throw error
}
