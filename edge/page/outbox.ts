import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Client } from 'hawser'
import type { StoredMessage } from './conversations.ts'
import { newId } from './new-id.ts'

/** An own message that the server has not yet acknowledged. */
export interface QueuedMessage {
  readonly peer: string
  readonly clientMessageId: string
  readonly text: string
  readonly queuedAt: number
  /** Why it was refused; undefined while it is on its way. */
  readonly failure?: string
}

/**
 * Own messages on their way. They outlive a reload of the tab: sending one again with
 * the same clientMessageId is safe (docs/PROTOCOL.md, S3).
 */
export class Outbox {
  readonly #client: Client
  readonly #self: string
  readonly #onStored: (message: StoredMessage) => void
  readonly #queued: Signal<readonly QueuedMessage[]>
  readonly #inFlight = new Set<string>()
  readonly #stopSaving: () => void
  readonly queued: ReadonlySignal<readonly QueuedMessage[]>

  constructor(client: Client, self: string, onStored: (message: StoredMessage) => void) {
    this.#client = client
    this.#self = self
    this.#onStored = onStored
    const key = `hawser.outbox.${self}`
    this.#queued = signal<readonly QueuedMessage[]>(JSON.parse(sessionStorage.getItem(key) ?? '[]') as QueuedMessage[])
    this.queued = this.#queued
    this.#stopSaving = effect(() => {
      if (this.queued.value.length === 0) sessionStorage.removeItem(key)
      else sessionStorage.setItem(key, JSON.stringify(this.queued.value))
    })
  }

  add(peer: string, text: string): void {
    const message = { peer, clientMessageId: newId(), text, queuedAt: Date.now() }
    this.#queued.value = [...this.#queued.peek(), message]
    this.#send(message)
  }

  retry(clientMessageId: string): void {
    const failed = this.#find(clientMessageId)
    if (!failed) return
    const { failure: _, ...again } = failed
    this.#replace(again)
    this.#send(again)
  }

  discard(clientMessageId: string): void {
    this.#queued.value = this.#queued.peek().filter((message) => message.clientMessageId !== clientMessageId)
  }

  /** Sends what waits: after a reload, and after a connection that had ended for good is taken up again. */
  flush(): void {
    for (const message of this.#queued.peek()) {
      if (message.failure === undefined) this.#send(message)
    }
  }

  close(): void {
    this.#stopSaving()
  }

  #send(message: QueuedMessage): void {
    const { peer, clientMessageId, text } = message
    if (this.#inFlight.has(clientMessageId)) return
    this.#inFlight.add(clientMessageId)
    this.#client
      .send({ to: peer }, text, { clientMessageId })
      .then(({ conversationId, seq, sentAt }) => {
        this.discard(clientMessageId)
        this.#onStored({ conversationId, seq, peer, from: this.#self, clientMessageId, sentAt, contentType: 'text/plain', text })
      })
      .catch((error: Error) => {
        // A connection that ended for good refuses nobody's message: it waits for the next one.
        if (this.#client.state !== 'closed' && this.#find(clientMessageId)) this.#replace({ ...message, failure: error.message })
      })
      .finally(() => this.#inFlight.delete(clientMessageId))
  }

  #find(clientMessageId: string): QueuedMessage | undefined {
    return this.#queued.peek().find((message) => message.clientMessageId === clientMessageId)
  }

  #replace(message: QueuedMessage): void {
    this.#queued.value = this.#queued.peek().map((each) => (each.clientMessageId === message.clientMessageId ? message : each))
  }
}
