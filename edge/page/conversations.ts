import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Client, ConversationChange, ConversationSummary } from 'hawser'
import { seqConcerned } from './aftermath.ts'
import {
  blank,
  byPlace,
  type Conversation,
  clearedTo,
  fromSummary,
  isMuted,
  later,
  merged,
  withPeerAt,
  withPreference,
  withReadAt,
} from './conversation.ts'
import type { StoredMessage } from './stored-message.ts'

/** The list of conversations: pulled after each login, then kept by what arrives. */
export class Conversations {
  readonly #client: Client
  readonly #self: string
  readonly #byId = signal<ReadonlyMap<string, Conversation>>(new Map())
  readonly #nextCursor = signal('')
  readonly #loaded = signal(false)

  /** The pinned first, then the latest. */
  readonly list: ReadonlySignal<readonly Conversation[]> = computed(() => [...this.#byId.value.values()].sort(byPlace))
  /** Without those that the user gets no notice of. */
  readonly unread: ReadonlySignal<number> = computed(() =>
    this.list.value.reduce((sum, each) => sum + (isMuted(each) ? each.mentions : each.unread), 0),
  )
  readonly loaded: ReadonlySignal<boolean> = this.#loaded
  readonly hasMore: ReadonlySignal<boolean> = computed(() => this.#nextCursor.value !== '')

  constructor(client: Client, self: string) {
    this.#client = client
    this.#self = self
  }

  get(conversationId: string): Conversation | undefined {
    return this.#byId.value.get(conversationId)
  }

  /** Receipts may be lost; the positions in the list are the truth (docs/PROTOCOL.md, Y3). */
  async refresh(): Promise<void> {
    const { conversations, nextCursor } = await this.#client.conversations()
    if (!this.#loaded.value) this.#nextCursor.value = nextCursor
    this.#merge(conversations)
    this.#loaded.value = true
  }

  async loadMore(): Promise<void> {
    const { conversations, nextCursor } = await this.#client.conversations({ cursor: this.#nextCursor.value })
    this.#nextCursor.value = nextCursor
    this.#merge(conversations)
  }

  /** A message that was delivered here. Returns whether it is another's and unread. */
  delivered(message: StoredMessage): boolean {
    const known = this.get(message.conversationId)
    const before = known ?? this.#blank(message.conversationId)
    const isNew = message.seq > before.countedSeq && message.seq > before.readSeq && message.from !== this.#self
    const isMention = isNew && (message.mentionAll || message.mentions.includes(this.#self))
    this.#put({
      ...before,
      last: later(before.last, message),
      countedSeq: Math.max(before.countedSeq, message.seq),
      unread: before.unread + (isNew ? 1 : 0),
      mentions: before.mentions + (isMention ? 1 : 0),
    })
    // A conversation beyond the pages listed so far: only the server knows its positions.
    if (!known && message.seq > 1) this.refresh().catch(ignoreUntilOnline)
    return isNew
  }

  /** An own message that was sent from here and is stored now. */
  acknowledged(message: StoredMessage): void {
    const before = this.get(message.conversationId) ?? this.#blank(message.conversationId)
    this.#put({ ...before, last: later(before.last, message) })
  }

  /** Something done in a 1:1 conversation or a group. */
  changed(done: ConversationChange, asEntry: StoredMessage): void {
    const known = this.get(done.conversationId)
    const before = known ?? this.#blank(done.conversationId)
    const { leave, remove, ban } = done.change
    const removed = remove ?? (ban?.removed ? undefined : ban)
    const isOut = (leave && done.by === this.#self) || removed?.users.includes(this.#self) === true
    this.#put({
      ...before,
      last: later(before.last, asEntry),
      countedSeq: Math.max(before.countedSeq, done.seq),
      left: isOut || (before.left && !isBack(done, this.#self)),
    })
    if (isOut || seqConcerned(done) !== undefined) return
    if (!known || before.left) this.refresh().catch(ignoreUntilOnline)
    else if (before.peer === '') this.#refreshGroup(done.conversationId).catch(ignoreUntilOnline)
  }

  /** What the user keeps about a conversation, said here or on another device. */
  preferred(given: NonNullable<ConversationChange['change']['preference']>): void {
    const before = this.get(given.conversationId)
    if (!before) return
    this.#put(clearedTo({ ...before, preference: withPreference(before.preference, given) }, given.clearedSeq ?? 0))
  }

  receipt(conversationId: string, userId: string, deliveredSeq: number, readSeq: number): void {
    const before = this.#byId.peek().get(conversationId)
    if (!before) return
    let after = before
    // In a conversation with oneself both are true.
    if (userId === before.peer) after = withPeerAt(after, deliveredSeq, readSeq)
    if (userId === this.#self) after = withReadAt(after, readSeq)
    if (after !== before) this.#put(after)
  }

  markRead(conversationId: string): void {
    const before = this.get(conversationId)
    // Entries that are no messages do not count as unread, and who has seen them need not say so.
    if (!before?.unread) return
    this.#put(withReadAt(before, before.countedSeq))
    this.#client.markRead(conversationId, before.countedSeq).catch(ignoreUntilOnline)
  }

  async #refreshGroup(conversationId: string): Promise<void> {
    const group = await this.#client.conversation(conversationId).info()
    const before = this.#byId.peek().get(conversationId)
    if (before) this.#put({ ...before, group })
  }

  #merge(summaries: readonly ConversationSummary[]): void {
    const byId = new Map(this.#byId.peek())
    for (const summary of summaries) {
      const { conversationId, kind, readSeq } = summary
      // What the user keeps for himself is no conversation to be shown.
      if (kind === 'own') continue
      const before = byId.get(conversationId)
      byId.set(conversationId, before ? merged(before, summary) : fromSummary(summary))
      // The READ that told of it was lost.
      if (before && before.readSeq > readSeq) this.#client.markRead(conversationId, before.readSeq).catch(ignoreUntilOnline)
    }
    this.#byId.value = byId
  }

  #blank(conversationId: string): Conversation {
    return blank(conversationId, this.#self)
  }

  #put(conversation: Conversation): void {
    this.#byId.value = new Map(this.#byId.peek()).set(conversation.conversationId, conversation)
  }
}

/** The next refresh, which every login brings, makes up for a lost list or READ. */
function ignoreUntilOnline(): void {}

function isBack({ by, change }: ConversationChange, self: string): boolean {
  return (change.join !== undefined && by === self) || change.add?.users.includes(self) === true
}
