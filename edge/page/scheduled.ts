import { type ReadonlySignal, signal } from '@preact/signals'
import type { Client, ScheduledMessage } from 'hawser'

/** The user's messages that wait for their time (docs/PROTOCOL.md, S6). */
export class Scheduled {
  readonly #client: Client
  readonly #list = signal<readonly ScheduledMessage[]>([])
  readonly list: ReadonlySignal<readonly ScheduledMessage[]> = this.#list

  constructor(client: Client) {
    this.#client = client
  }

  async refresh(): Promise<void> {
    this.#list.value = await this.#client.scheduled()
  }

  /** It was sent, or taken back. */
  gone(clientMessageId: string): void {
    if (this.#list.peek().some((message) => message.clientMessageId === clientMessageId)) {
      this.#list.value = this.#list.peek().filter((message) => message.clientMessageId !== clientMessageId)
    }
  }

  async sendNow(clientMessageId: string): Promise<void> {
    await this.#client.reschedule(clientMessageId)
  }

  async cancel(clientMessageId: string): Promise<void> {
    await this.#client.unschedule(clientMessageId)
    this.gone(clientMessageId)
  }
}
