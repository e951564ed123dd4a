import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type Client, type ClosedReason, connect } from 'hawser'
import { Conversations, type StoredMessage } from './conversations.ts'
import { deviceId } from './memory.ts'
import { Thread } from './messages.ts'
import { Outbox } from './outbox.ts'
import { ServerUnreachable } from './token.ts'

/** Somebody signed in: one client, and everything that was learnt through it. */
export class Session {
  readonly user: string
  readonly conversations: Conversations
  readonly outbox: Outbox
  readonly #client: Client
  readonly #threads = new Map<string, Thread>()
  readonly #state: Signal<Client['state']>
  readonly #closed = signal<ClosedReason | undefined>(undefined)
  readonly #tokenProblem = signal<string | undefined>(undefined)
  readonly #announcement = signal('')
  readonly #wasOnline = signal(false)

  readonly state: ReadonlySignal<Client['state']>
  /** Why the connection ended for good; undefined once it is taken up again. */
  readonly closed: ReadonlySignal<ClosedReason | undefined> = this.#closed
  /** Why there is no fresh token to connect with, where waiting does not help. */
  readonly tokenProblem: ReadonlySignal<string | undefined> = this.#tokenProblem
  readonly wasOnline: ReadonlySignal<boolean> = this.#wasOnline
  /** What a screen reader is told: the newest message of another. */
  readonly announcement: ReadonlySignal<string> = this.#announcement

  /** `token` gives a fresh token for `user` each time it is called. */
  constructor(user: string, token: () => Promise<string>) {
    this.user = user
    this.#client = connect(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`, {
      token: () => this.#noted(token()),
      deviceId: deviceId(),
      deviceClass: 'web',
      client: 'Hawser web',
      startFrom: 'now',
    })
    this.#state = signal(this.#client.state)
    this.state = this.#state
    this.conversations = new Conversations(this.#client, user)
    this.outbox = new Outbox(this.#client, user, (message) => this.#acknowledged(message))
    this.#client.on('state', () => this.#follow())
    // The log is not what it was (docs/PROTOCOL.md, Y6). All that is shown comes from it, and what was not sent is kept.
    this.#client.on('discontinuity', () => location.reload())
    this.#client.on('message', (message) => this.#delivered(message))
    this.#client.on('receipt', ({ conversationId, userId, deliveredSeq, readSeq }) =>
      this.conversations.receipt(conversationId, userId, deliveredSeq, readSeq),
    )
    this.#client.on('closed', (event) => {
      this.#closed.value = event
    })
    this.outbox.flush()
  }

  thread(peer: string): Thread {
    const known = this.#threads.get(peer)
    if (known) return known
    const made = new Thread(this.#client, peer)
    this.#threads.set(peer, made)
    return made
  }

  send(peer: string, text: string): void {
    batch(() => {
      this.outbox.add(peer, text)
      this.thread(peer).toBottom()
    })
  }

  /** Connects now, because a person said so (docs/PROTOCOL.md, L5). */
  reconnect(): void {
    this.#closed.value = undefined
    this.#client.reconnect()
  }

  async close(): Promise<void> {
    this.outbox.close()
    await this.#client.close()
  }

  #follow(): void {
    this.#state.value = this.#client.state
    if (this.#client.state !== 'online') return
    this.#wasOnline.value = true
    this.outbox.flush()
    this.conversations.refresh().catch(() => {
      // The connection went again; the next login refreshes.
    })
    for (const thread of this.#threads.values()) {
      if (thread.phase.peek().name === 'failed') void thread.retry()
    }
  }

  #delivered(message: StoredMessage): void {
    batch(() => {
      const isUnread = this.conversations.delivered(message)
      // An own message that was stored although its ack was lost.
      if (message.from === this.user) this.outbox.discard(message.clientMessageId)
      this.#threads.get(message.peer)?.add(message, isUnread)
      if (isUnread) this.#announcement.value = `${message.from}: ${message.text}`
    })
  }

  #acknowledged(message: StoredMessage): void {
    batch(() => {
      this.conversations.acknowledged(message)
      this.thread(message.peer).add(message, false)
    })
  }

  async #noted(token: Promise<string>): Promise<string> {
    try {
      const fresh = await token
      this.#tokenProblem.value = undefined
      return fresh
    } catch (error) {
      this.#tokenProblem.value = error instanceof ServerUnreachable ? undefined : (error as Error).message
      throw error
    }
  }
}
