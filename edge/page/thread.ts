import { type ReadonlySignal, signal } from '@preact/signals'
import type { ConversationHandle } from 'hawser'
import { changedAt, joined, type StoredMessage } from './stored-message.ts'
import { inWords } from './words.ts'

const PAGE = 100

/** What was said under a message. */
export class Thread {
  /** The `seq` of the message that began it. */
  readonly root: number
  readonly #handle: ConversationHandle
  readonly #messages = signal<readonly StoredMessage[]>([])
  readonly #fault = signal('')
  /** Of the page to come; undefined once there is none. */
  #cursor: string | undefined = ''
  #loading = false

  /** Ascending by seq, without the root. */
  readonly messages: ReadonlySignal<readonly StoredMessage[]> = this.#messages
  /** Why not all of it is here. */
  readonly fault: ReadonlySignal<string> = this.#fault

  constructor(handle: ConversationHandle, root: number) {
    this.#handle = handle
    this.root = root
  }

  /** Pulls what is not here yet: at the first call all, after a fault the rest. */
  async load(): Promise<void> {
    if (this.#loading) return
    this.#loading = true
    this.#fault.value = ''
    try {
      while (this.#cursor !== undefined) {
        const { messages, nextCursor } = await this.#handle.thread(this.root, { cursor: this.#cursor, limit: PAGE })
        this.#messages.value = joined(this.#messages.peek(), messages)
        this.#cursor = nextCursor === '' ? undefined : nextCursor
      }
    } catch (error) {
      this.#fault.value = inWords(error)
    } finally {
      this.#loading = false
    }
  }

  /** An entry of the conversation that was delivered or acknowledged here. */
  add(message: StoredMessage): void {
    if (message.thread === this.root) this.#messages.value = joined(this.#messages.peek(), [message])
  }

  update(seq: number, change: (message: StoredMessage) => StoredMessage): void {
    this.#messages.value = changedAt(this.#messages.peek(), seq, change)
  }
}
