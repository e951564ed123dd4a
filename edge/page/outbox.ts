import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type AttachmentContent, attachmentMessage, type ChatMessage, type Client } from 'hawser'
import { ofTab } from './kept.ts'
import { newId } from './new-id.ts'
import { now } from './server-date.ts'
import type { StoredMessage } from './stored-message.ts'
import { inWords } from './words.ts'

/** What a person wants to send. */
export interface Outgoing {
  readonly conversationId: string
  /** A text, or a file that is uploaded. */
  readonly body: string | AttachmentContent
  readonly replyTo?: number
  /** The `seq` of the message under which it is said. */
  readonly thread?: number
  readonly mentions?: readonly string[]
  readonly mentionAll?: boolean
  readonly forward?: NonNullable<ChatMessage['forward']>
  readonly expiresAt?: number
}

/** An own message that the server has not yet acknowledged. */
export interface QueuedMessage extends Outgoing {
  readonly clientMessageId: string
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
    const key = `hawser.queued.${self}`
    this.#queued = signal<readonly QueuedMessage[]>(ofTab.read<QueuedMessage[]>(key) ?? [])
    this.queued = this.#queued
    this.#stopSaving = effect(() => {
      if (this.queued.value.length === 0) ofTab.set(key, undefined)
      else ofTab.write(key, this.queued.value)
    })
  }

  add(outgoing: Outgoing): void {
    const message = { ...outgoing, clientMessageId: newId(), queuedAt: now() }
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
    const { conversationId, clientMessageId, body, queuedAt: _, ...details } = message
    if (this.#inFlight.has(clientMessageId)) return
    this.#inFlight.add(clientMessageId)
    const content = typeof body === 'string' ? body : attachmentMessage(body)
    this.#client
      .send({ conversationId }, content, { clientMessageId, ...details })
      .then(({ seq, sentAt }) => {
        this.discard(clientMessageId)
        this.#onStored({ ...asStored(message, this.#self), seq, sentAt })
      })
      .catch((error: Error) => {
        // A connection that ended for good refuses nobody's message: it waits for the next one.
        if (this.#client.state !== 'closed' && this.#find(clientMessageId)) this.#replace({ ...message, failure: inWords(error) })
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

const utf8 = new TextEncoder()

/** The message as it will stand in the log, as far as that is known before; without a place. */
export function asStored(message: QueuedMessage, self: string): StoredMessage {
  const {
    conversationId,
    clientMessageId,
    body,
    queuedAt,
    replyTo = 0,
    thread = 0,
    mentions = [],
    mentionAll = false,
    forward,
    expiresAt = 0,
  } = message
  return {
    conversationId,
    clientMessageId,
    from: self,
    seq: 0,
    sentAt: queuedAt,
    ...(typeof body === 'string'
      ? { contentType: 'text/plain', content: utf8.encode(body), text: body }
      : { ...attachmentMessage(body), text: '' }),
    replyTo,
    thread,
    mentions,
    mentionAll,
    forward,
    expiresAt,
    editedAt: 0,
    recalledAt: 0,
    recalledBy: '',
    expired: false,
    reactions: [],
    pinned: false,
    change: undefined,
  }
}
