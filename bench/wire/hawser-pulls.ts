import type { Page } from '../../shared/gen/hawser.ts'
import type { HawserAcks } from './hawser-acks.ts'
import type { HawserClient } from './hawser-client.ts'
import type { DeliverScan } from './hawser-deliver.ts'
import type { WireHandler } from './wire.ts'

/** Pulls what was not pushed, as a client does that comes back or is a window behind (R5). */
export class HawserPulls {
  readonly #client: HawserClient
  readonly #delivers: DeliverScan
  readonly #acks: HawserAcks
  readonly #handler: WireHandler
  readonly #underWay = new Set<string>()

  constructor(client: HawserClient, delivers: DeliverScan, acks: HawserAcks, handler: WireHandler) {
    this.#client = client
    this.#delivers = delivers
    this.#acks = acks
    this.#handler = handler
  }

  /** A message of the conversation was held back, and so are those that follow until all is pulled. */
  gap(conversationId: string): void {
    if (this.#underWay.has(conversationId)) return
    this.#underWay.add(conversationId)
    this.#client.pull({ conversationId, withUser: '' }, this.#delivers.cursorOf(conversationId), (page) => {
      this.#take(page)
      if (!page.more) this.#underWay.delete(conversationId)
    })
  }

  /** All of the conversation with a user. */
  all(withUser: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#client.pull({ conversationId: '', withUser }, 0, (page) => {
      this.#take(page)
      if (!page.more) resolve()
    })
    return promise
  }

  #take({ conversationId, messages }: Page): void {
    const last = messages.at(-1)
    if (!last) return
    for (const { content } of messages) if (content.length > 0) this.#handler.delivered(content, 0)
    this.#delivers.pulled(conversationId, last.seq)
    this.#acks.delivered(messages.length)
  }
}
