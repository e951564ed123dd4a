import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { ChatMessage, Client, ConversationSummary } from 'hawser'

/** What the page needs of a message, whether it was delivered, pulled or acknowledged. */
export type StoredMessage = Pick<
  ChatMessage,
  'conversationId' | 'seq' | 'peer' | 'from' | 'clientMessageId' | 'sentAt' | 'contentType' | 'text'
>

export interface Conversation {
  readonly peer: string
  readonly conversationId: string
  readonly last: StoredMessage | undefined
  /** Up to where `unread` has counted. Behind `last` while an own message was acknowledged ahead of others. */
  readonly countedSeq: number
  readonly unread: number
  readonly readSeq: number
  readonly peerReadSeq: number
  readonly peerDeliveredSeq: number
}

/** The list of conversations, by peer: pulled after each login, then kept by what arrives. */
export class Conversations {
  readonly #client: Client
  readonly #self: string
  readonly #byPeer = signal<ReadonlyMap<string, Conversation>>(new Map())
  readonly #nextCursor = signal('')
  readonly #loaded = signal(false)

  /** The latest first. */
  readonly list: ReadonlySignal<readonly Conversation[]> = computed(() =>
    [...this.#byPeer.value.values()].sort((a, b) => (b.last?.sentAt ?? 0) - (a.last?.sentAt ?? 0)),
  )
  readonly unread: ReadonlySignal<number> = computed(() => this.list.value.reduce((sum, { unread }) => sum + unread, 0))
  readonly loaded: ReadonlySignal<boolean> = this.#loaded
  readonly hasMore: ReadonlySignal<boolean> = computed(() => this.#nextCursor.value !== '')

  constructor(client: Client, self: string) {
    this.#client = client
    this.#self = self
  }

  with(peer: string): Conversation | undefined {
    return this.#byPeer.value.get(peer)
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
    const known = this.with(message.peer)
    const before = known ?? blank(message.peer, message.conversationId)
    const isNew = message.seq > before.countedSeq && message.seq > before.readSeq && message.from !== this.#self
    this.#put({
      ...before,
      last: later(before.last, message),
      countedSeq: Math.max(before.countedSeq, message.seq),
      unread: before.unread + (isNew ? 1 : 0),
    })
    // A conversation beyond the pages listed so far: only the server knows its positions.
    if (!known && message.seq > 1) this.refresh().catch(ignoreUntilOnline)
    return isNew
  }

  /** An own message that was sent from here and is stored now. */
  acknowledged(message: StoredMessage): void {
    const before = this.with(message.peer) ?? blank(message.peer, message.conversationId)
    this.#put({ ...before, last: later(before.last, message) })
  }

  receipt(conversationId: string, userId: string, deliveredSeq: number, readSeq: number): void {
    for (const before of this.#byPeer.peek().values()) {
      if (before.conversationId !== conversationId) continue
      let after = before
      // In a conversation with oneself both are true.
      if (userId === before.peer) after = withPeerAt(after, deliveredSeq, readSeq)
      if (userId === this.#self) after = withReadAt(after, readSeq)
      if (after !== before) this.#put(after)
      return
    }
  }

  markRead(peer: string): void {
    const before = this.with(peer)
    if (!before?.unread) return
    this.#put(withReadAt(before, before.countedSeq))
    this.#client.markRead(before.conversationId, before.countedSeq).catch(ignoreUntilOnline)
  }

  #merge(summaries: readonly ConversationSummary[]): void {
    const byPeer = new Map(this.#byPeer.peek())
    for (const summary of summaries) {
      const before = byPeer.get(summary.peer)
      byPeer.set(summary.peer, before ? merged(before, summary) : fromSummary(summary))
      // The READ that told of it was lost.
      if (before && before.readSeq > summary.readSeq) {
        this.#client.markRead(before.conversationId, before.readSeq).catch(ignoreUntilOnline)
      }
    }
    this.#byPeer.value = byPeer
  }

  #put(conversation: Conversation): void {
    this.#byPeer.value = new Map(this.#byPeer.peek()).set(conversation.peer, conversation)
  }
}

/** The next refresh, which every login brings, makes up for a lost list or READ. */
function ignoreUntilOnline(): void {}

function blank(peer: string, conversationId: string): Conversation {
  return { peer, conversationId, last: undefined, countedSeq: 0, unread: 0, readSeq: 0, peerReadSeq: 0, peerDeliveredSeq: 0 }
}

function fromSummary(summary: ConversationSummary): Conversation {
  const { peer, conversationId, lastSeq, unread, readSeq, peerReadSeq, peerDeliveredSeq, lastMessage } = summary
  return { peer, conversationId, last: lastMessage, countedSeq: lastSeq, unread, readSeq, peerReadSeq, peerDeliveredSeq }
}

/** A summary may be older than what has arrived since it was asked for: positions only move forward. */
function merged(before: Conversation, summary: ConversationSummary): Conversation {
  const fresh = fromSummary(summary)
  const isWhole = fresh.countedSeq >= before.countedSeq && fresh.readSeq >= before.readSeq
  const counted = isWhole ? fresh : before
  return {
    ...withPeerAt(before, fresh.peerDeliveredSeq, fresh.peerReadSeq),
    last: fresh.last ? later(before.last, fresh.last) : before.last,
    countedSeq: counted.countedSeq,
    unread: counted.unread,
    readSeq: counted.readSeq,
  }
}

function later(a: StoredMessage | undefined, b: StoredMessage): StoredMessage {
  return a && a.seq > b.seq ? a : b
}

function withPeerAt(before: Conversation, deliveredSeq: number, readSeq: number): Conversation {
  const peerReadSeq = Math.max(before.peerReadSeq, readSeq)
  return { ...before, peerReadSeq, peerDeliveredSeq: Math.max(before.peerDeliveredSeq, deliveredSeq, peerReadSeq) }
}

/** What is past `readSeq` may be own messages too, so the rest is at most what is left to count. */
function withReadAt(before: Conversation, readSeq: number): Conversation {
  if (readSeq <= before.readSeq) return before
  return { ...before, readSeq, unread: Math.min(before.unread, Math.max(0, before.countedSeq - readSeq)) }
}
