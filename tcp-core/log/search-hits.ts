import type { Message, MessageList } from '../../shared/gen/hawser.ts'
import { PAGE_BYTES } from './sqlite-reads.ts'

interface Hit {
  /** The message's row: the later the higher. */
  readonly id: number
  readonly message: Message
}

/** The latest of what was found, one more than a page holds: what is older need not be looked for. */
export class SearchHits {
  readonly #limit: number
  readonly #hits: Hit[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether no row up to this one can be among them. */
  areLaterThan(id: number): boolean {
    return (this.#hits[this.#limit]?.id ?? 0) > id
  }

  add(id: number, message: Message): void {
    const at = this.#hits.findIndex((hit) => hit.id < id)
    this.#hits.splice(at < 0 ? this.#hits.length : at, 0, { id, message })
    if (this.#hits.length > this.#limit + 1) this.#hits.pop()
  }

  /** The latest first. The cursor is the row to go on below; rows up to `unseen` were not looked at, 0 for none. */
  page(unseen: number): MessageList {
    const messages: Message[] = []
    let bytes = 0
    let last = 0
    for (const { id, message } of this.#hits) {
      if (id <= unseen) break
      if (messages.length === this.#limit || (messages.length > 0 && bytes + message.content.length > PAGE_BYTES)) {
        return { messages, nextCursor: last.toString(36) }
      }
      messages.push(message)
      bytes += message.content.length
      last = id
    }
    return { messages, nextCursor: unseen === 0 ? '' : (unseen + 1).toString(36) }
  }
}
