import type { Clock } from './clock.ts'
import type { Exchange } from './exchange.ts'

/** T1: typing is said again this often while it goes on. */
const REPEAT_MS = 3_000

/** Says that the user is typing, however often the application does, once in a while for each conversation. */
export class Typing {
  readonly #exchange: Exchange
  readonly #clock: Clock
  /** When it was said last, by conversation. */
  readonly #saidAt = new Map<string, number>()

  constructor(exchange: Exchange, clock: Clock) {
    this.#exchange = exchange
    this.#clock = clock
  }

  goesOn(conversationId: string): void {
    const now = this.#clock.elapsed()
    if (now - (this.#saidAt.get(conversationId) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return
    if (this.#exchange.typing(conversationId, false)) this.#saidAt.set(conversationId, now)
  }

  /** Nothing where nothing was said. */
  stopped(conversationId: string): void {
    if (this.#saidAt.delete(conversationId)) this.#exchange.typing(conversationId, true)
  }
}
