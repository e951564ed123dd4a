import { directUsers } from '../../shared/conversation-id.ts'
import { type Conversation, Direction, type Message } from '../../shared/gen/hawser.ts'
import type { AppendOutcome, MemberPosition, PageQuery } from '../../tcp-core/log/log-store.ts'
import { rollingDigest } from '../../tcp-core/log/rolling-digest.ts'

/** What a message is before it has its place. */
export type Draft = Pick<Message, 'sender' | 'conversationId' | 'clientMessageId' | 'contentType' | 'content' | 'sentAt'>

interface Stored {
  readonly epoch: number
  readonly messages: Message[]
  /** The place of the last message among all messages: the list goes by it. */
  lastId: number
  readonly positions: Map<string, { deliveredSeq: number; readSeq: number }>
}

/** Ids that may have been given to messages which the backup lacks. */
const SKIPPED_IDS = 1_000_000

const keyOf = (message: { sender: string; clientMessageId: string }) => `${message.sender}\n${message.clientMessageId}`

/** What is on the simulated disk: all of it survives a crash, and nothing else does. */
export class LogDisk {
  readonly #conversations = new Map<string, Stored>()
  readonly #keys = new Map<string, Message>()
  readonly #randomEpoch: () => number
  #lastId = 0
  /** Names what a restore has left behind. */
  #incarnation = 0

  constructor(randomEpoch: () => number) {
    this.#randomEpoch = randomEpoch
  }

  /** A transaction: what it stores is there as a whole. */
  append(drafts: readonly Draft[]): AppendOutcome[] {
    return drafts.map((draft) => this.#appendOne(draft))
  }

  messages(conversationId: string): readonly Message[] {
    return this.#conversations.get(conversationId)?.messages ?? []
  }

  get conversationIds(): IterableIterator<string> {
    return this.#conversations.keys()
  }

  epochOf(conversationId: string): number {
    const epoch = this.#conversations.get(conversationId)?.epoch
    return epoch === undefined ? 0 : epoch + this.#incarnation
  }

  position(conversationId: string, userId: string): { deliveredSeq: number; readSeq: number } {
    return this.#conversations.get(conversationId)?.positions.get(userId) ?? { deliveredSeq: 0, readSeq: 0 }
  }

  advance(positions: readonly MemberPosition[]): MemberPosition[] {
    return positions.map((asked) => {
      const stored = this.#conversations.get(asked.conversationId)
      const held = stored?.positions.get(asked.userId)
      if (!stored || !held) return { ...asked, deliveredSeq: 0, readSeq: 0 }
      const last = stored.messages.length
      held.deliveredSeq = Math.max(held.deliveredSeq, Math.min(asked.deliveredSeq, last))
      held.readSeq = Math.max(held.readSeq, Math.min(asked.readSeq, last))
      return { ...asked, ...held }
    })
  }

  /** Y6: where a page begins, and whether its reader knows another history. */
  start({ conversationId, direction, fromSeq, epoch, digest }: PageQuery): { fromSeq: number; discontinuity: boolean } {
    if (direction === Direction.BACKWARD || (epoch === 0 && digest === 0)) return { fromSeq, discontinuity: false }
    const messages = this.messages(conversationId)
    const held = fromSeq === 0 ? undefined : messages[fromSeq - 1]
    const known = digest !== 0 && held !== undefined
    const sameEpoch = epoch === 0 || epoch === this.epochOf(conversationId)
    const differs = fromSeq > messages.length || (known && held.digest !== digest)
    if (differs || (!sameEpoch && !known)) return { fromSeq: 0, discontinuity: true }
    return { fromSeq, discontinuity: !sameEpoch }
  }

  /** The user's conversations, the latest first, before that place. */
  list(userId: string, before: number, limit: number): { conversations: Conversation[]; nextCursor: string } {
    const mine = [...this.#conversations].filter(([, { positions, lastId }]) => positions.has(userId) && lastId < before)
    mine.sort(([, a], [, b]) => b.lastId - a.lastId)
    const shown = mine.slice(0, limit)
    const last = shown.at(-1)?.[1].lastId ?? 0
    return {
      conversations: shown.map(([conversationId, stored]) => this.#summary(conversationId, stored, userId)),
      nextCursor: mine.length > limit ? last.toString(36) : '',
    }
  }

  /** What a backup has of it. */
  copy(): LogDisk {
    const copy = new LogDisk(this.#randomEpoch)
    for (const [id, { epoch, messages, lastId, positions }] of this.#conversations) {
      const copied = new Map(Array.from(positions, ([user, held]) => [user, { ...held }]))
      copy.#conversations.set(id, { epoch, messages: [...messages], lastId, positions: copied })
    }
    for (const [key, message] of this.#keys) copy.#keys.set(key, message)
    copy.#lastId = this.#lastId
    copy.#incarnation = this.#incarnation
    return copy
  }

  /** The operator put a backup in place: every conversation has a new epoch. */
  restored(): void {
    this.#incarnation += this.#randomEpoch()
    this.#lastId += SKIPPED_IDS
  }

  /** For a mutant. */
  forgetKeys(): void {
    this.#keys.clear()
  }

  #appendOne(draft: Draft): AppendOutcome {
    const first = this.#keys.get(keyOf(draft))
    if (first) return repeated(first, draft)
    const stored = this.#conversations.get(draft.conversationId) ?? this.#create(draft.conversationId)
    const seq = stored.messages.length + 1
    const { sender, conversationId, clientMessageId, contentType, content, sentAt } = draft
    const previous = stored.messages.at(-1)?.digest ?? stored.epoch
    const digest = rollingDigest(previous, seq, { sender, clientMessageId, contentType, content })
    const messageId = `sim-${(++this.#lastId).toString(36)}`
    const message: Message = { conversationId, seq, messageId, sender, clientMessageId, sentAt, contentType, content, digest }
    stored.messages.push(message)
    stored.lastId = this.#lastId
    this.#keys.set(keyOf(draft), message)
    return { kind: 'stored', follows: undefined, seq, messageId, sentAt, digest }
  }

  #create(conversationId: string): Stored {
    const positions = new Map((directUsers(conversationId) ?? []).map((user) => [user, { deliveredSeq: 0, readSeq: 0 }]))
    const stored: Stored = { epoch: this.#randomEpoch(), messages: [], lastId: 0, positions }
    this.#conversations.set(conversationId, stored)
    return stored
  }

  #summary(conversationId: string, stored: Stored, userId: string): Conversation {
    const lastMessage = stored.messages.at(-1)
    const peer = directUsers(conversationId)?.find((user) => user !== userId) ?? userId
    const { deliveredSeq, readSeq } = this.position(conversationId, userId)
    const theirs = this.position(conversationId, peer)
    return {
      conversationId,
      peer,
      lastSeq: stored.messages.length,
      readSeq,
      deliveredSeq,
      unread: 0,
      peerReadSeq: theirs.readSeq,
      peerDeliveredSeq: theirs.deliveredSeq,
      lastMessage,
      epoch: this.epochOf(conversationId),
      digest: lastMessage?.digest ?? 0,
      mentions: 0,
      beginSeq: 0,
      left: false,
    }
  }
}

function repeated(first: Message, draft: Draft): AppendOutcome {
  const same =
    first.conversationId === draft.conversationId &&
    first.contentType === draft.contentType &&
    Buffer.compare(first.content, draft.content) === 0
  if (!same) return { kind: 'conflict' }
  const { seq, messageId, sentAt, digest } = first
  return { kind: 'duplicate', seq, messageId, sentAt, digest }
}
