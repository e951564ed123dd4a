import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type ChatMessage, type Client, type ClosedReason, type ConversationChange, connect } from 'hawser'
import { conversationKind } from '../../shared/conversation-id.ts'
import { namedInText } from '../../shared/foreign-text.ts'
import { entryOf } from './change-entry.ts'
import { Conversations } from './conversations.ts'
import { Drafts } from './drafts.ts'
import { EDGE_FOLDER } from './edge-folder.ts'
import { say } from './notices.ts'
import { Opened } from './opened.ts'
import { Outbox, type Outgoing } from './outbox.ts'
import { OwnStatus } from './own-status.ts'
import { Presences } from './presences.ts'
import { Relations } from './relations.ts'
import { Scheduled } from './scheduled.ts'
import { Search } from './search.ts'
import { goBy, now } from './server-date.ts'
import type { StoredMessage } from './stored-message.ts'
import { Tokens } from './tokens.ts'
import { Typing } from './typing.ts'
import { Uploads } from './uploads.ts'

/** Somebody signed in: one client, and everything that was learnt through it. */
export class Session {
  readonly user: string
  readonly client: Client
  readonly conversations: Conversations
  readonly outbox: Outbox
  readonly uploads: Uploads
  readonly drafts: Drafts
  readonly typing = new Typing()
  readonly presences: Presences
  readonly relations: Relations
  readonly status: OwnStatus
  readonly scheduled: Scheduled
  readonly search: Search
  readonly #opened = new Map<string, Opened>()
  readonly #state: Signal<Client['state']>
  readonly #closed = signal<ClosedReason | undefined>(undefined)
  readonly #announcement = signal('')

  readonly state: ReadonlySignal<Client['state']>
  /** Why the connection ended for good; undefined once it is taken up again. */
  readonly closed: ReadonlySignal<ClosedReason | undefined> = this.#closed
  /** Why there is no fresh token to connect with, where waiting does not help. */
  readonly tokenProblem: ReadonlySignal<string | undefined>
  /** What a screen reader is told: the newest message of another. */
  readonly announcement: ReadonlySignal<string> = this.#announcement

  /** `token` gives a fresh token for `user` each time it is called. */
  constructor(user: string, token: () => Promise<string>) {
    const tokens = new Tokens(token)
    this.user = user
    this.tokenProblem = tokens.problem
    this.client = connect(EDGE_FOLDER, {
      token: () => tokens.fresh(),
      deviceClass: 'web',
      client: 'Hawser web',
      startFrom: 'now',
    })
    goBy(() => this.client.serverTime())
    this.#state = signal(this.client.state)
    this.state = this.#state
    this.conversations = new Conversations(this.client, user)
    this.outbox = new Outbox(this.client, user, (message) => this.#acknowledged(message))
    this.uploads = new Uploads(
      () => tokens.good(),
      (conversationId, body) => this.send({ conversationId, body }),
    )
    this.drafts = new Drafts(this.client)
    this.presences = new Presences(this.client)
    this.relations = new Relations(this.client)
    this.status = new OwnStatus(this.client, user)
    this.scheduled = new Scheduled(this.client)
    this.search = new Search(this.client)
    this.#listen()
    this.outbox.flush()
  }

  opened(conversationId: string): Opened {
    const known = this.#opened.get(conversationId)
    if (known) return known
    const made = new Opened(this.client.conversation(conversationId), this.user)
    this.#opened.set(conversationId, made)
    return made
  }

  send(outgoing: Outgoing): void {
    const opened = this.opened(outgoing.conversationId)
    const lifetime = opened.lifetime.peek()
    batch(() => {
      this.outbox.add({ ...outgoing, ...(lifetime > 0 && { expiresAt: now() + lifetime }) })
      opened.timeline.toBottom()
    })
  }

  /** Connects now, because a person said so (docs/PROTOCOL.md, L5). */
  reconnect(): void {
    this.#closed.value = undefined
    this.client.reconnect()
  }

  async close(): Promise<void> {
    this.outbox.close()
    await this.client.close()
  }

  #listen(): void {
    const { client } = this
    client.on('state', () => this.#follow())
    // The log is not what it was (docs/PROTOCOL.md, Y6). All that is shown comes from it, and what was not sent is kept.
    client.on('discontinuity', () => location.reload())
    client.on('message', (message) => this.#delivered(message))
    client.on('change', (done) => this.#changed(done))
    client.on('receipt', ({ conversationId, userId, deliveredSeq, readSeq }) => {
      this.conversations.receipt(conversationId, userId, deliveredSeq, readSeq)
      this.#opened.get(conversationId)?.receipts.heard()
    })
    client.on('typing', (typing) => this.typing.heard(typing))
    client.on('presence', (presence) => this.presences.heard(presence))
    client.on('broadcast', ({ text }) => {
      this.#announcement.value = text
      say(text)
    })
    client.on('closed', (event) => {
      this.#closed.value = event
    })
  }

  #follow(): void {
    this.#state.value = this.client.state
    if (this.client.state !== 'online') return
    this.outbox.flush()
    this.#refresh().catch(() => {
      // The connection went again; the next login refreshes.
    })
    for (const opened of this.#opened.values()) {
      opened.refresh()
      if (opened.timeline.phase.peek().name === 'failed') void opened.timeline.retry()
    }
  }

  async #refresh(): Promise<void> {
    await this.conversations.refresh()
    for (const { conversationId, peer, preference } of this.conversations.list.peek()) {
      this.drafts.heard(conversationId, preference.draft)
      if (peer !== '') this.presences.watch([peer])
    }
    await Promise.all([this.relations.refresh(), this.scheduled.refresh()])
  }

  #delivered(message: ChatMessage): void {
    batch(() => {
      const isUnread = this.conversations.delivered(message)
      // An own message that was stored although its ack was lost.
      if (message.from === this.user) {
        this.outbox.discard(message.clientMessageId)
        this.scheduled.gone(message.clientMessageId)
      }
      this.typing.heard({ conversationId: message.conversationId, userId: message.from, stopped: true })
      this.#opened.get(message.conversationId)?.add(message, isUnread)
      if (isUnread) this.#announcement.value = `${namedInText(message.from)}: ${message.text}`
    })
  }

  #acknowledged(message: StoredMessage): void {
    batch(() => {
      this.conversations.acknowledged(message)
      this.opened(message.conversationId).add(message, false)
    })
  }

  /** What was done to a conversation, by others or by this user on any device. */
  #changed(done: ConversationChange): void {
    if (conversationKind(done.conversationId) === 'own') return this.#changedForSelf(done)
    const asEntry = entryOf(done)
    batch(() => {
      this.conversations.changed(done, asEntry)
      this.#opened.get(done.conversationId)?.changed(done, asEntry)
    })
    // What was taken back is not to be read out either.
    if (done.change.recall) this.#announcement.value = ''
    if (done.change.contact) this.relations.refresh().catch(ignoreUntilOnline)
  }

  #changedForSelf({ change }: ConversationChange): void {
    const { preference, block, status, unschedule, unsent, reschedule } = change
    if (preference) {
      const { conversationId, draft, clearedSeq } = preference
      this.conversations.preferred(preference)
      if (draft !== undefined) this.drafts.heard(conversationId, draft)
      if (clearedSeq !== undefined) this.#opened.get(conversationId)?.clear(clearedSeq)
    }
    if (block) this.relations.refresh().catch(ignoreUntilOnline)
    if (status) this.status.heard(status)
    if (unsent ?? reschedule) this.scheduled.refresh().catch(ignoreUntilOnline)
    if (unschedule) this.scheduled.gone(unschedule.clientMessageId)
  }
}

/** The next login refreshes. */
function ignoreUntilOnline(): void {}
