import { type ReadonlySignal, signal } from '@preact/signals'
import type { ConversationHandle } from 'hawser'
import type { StoredMessage } from './stored-message.ts'

/** The pinned messages of a conversation, in its order. */
export class Pins {
  readonly #handle: ConversationHandle
  readonly #messages = signal<readonly StoredMessage[]>([])
  readonly messages: ReadonlySignal<readonly StoredMessage[]> = this.#messages

  constructor(handle: ConversationHandle) {
    this.#handle = handle
  }

  async refresh(): Promise<void> {
    this.#messages.value = (await this.#handle.pins()).filter(({ recalledAt, expired }) => !recalledAt && !expired)
  }

  update(seq: number, change: (message: StoredMessage) => StoredMessage): void {
    this.#messages.value = this.#messages.peek().map((message) => (message.seq === seq ? change(message) : message))
  }
}
