import { Command } from '../shared/commands.ts'
import { Direction } from '../shared/gen/hawser.ts'
import { type ChatMessage, chatMessage } from './chat-message.ts'
import { type ConversationSummary, conversationSummary } from './conversation-summary.ts'
import type { Exchange } from './exchange.ts'
import { type ConversationRef, conversationIdOf } from './recipient.ts'

/**
 * Which messages of a conversation: those before a `seq`, those after one, or, where neither is given, the newest.
 * Where both are given, `after` holds.
 */
export interface HistoryPage {
  /** Exclusive: the messages right before this `seq`. */
  before?: number
  /** Exclusive: the messages right after this `seq`; 0 for the first ones. */
  after?: number
  /** How many at most; 50 by default, 200 at most. */
  limit?: number
}

/** A page of a conversation. */
export interface History {
  readonly conversationId: string
  /** In ascending order, whichever way was asked. */
  readonly messages: ChatMessage[]
  /** There are more in the direction asked. */
  readonly more: boolean
}

/** Which page of a list. */
export interface CursorPage {
  /** The `nextCursor` of the page before; nothing, or '', for the first. */
  cursor?: string
  /** How many at most. What asks names the default and the most that it gives. */
  limit?: number
}

/** What SYNC gives: pages of a conversation, and of the list of them (Y1, Y2). */
export class Pages {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  async history(of: ConversationRef, { before, after, limit = 0 }: HistoryPage): Promise<History> {
    const query = {
      conversationId: 'conversationId' in of ? of.conversationId : '',
      withUser: 'with' in of ? of.with : '',
      direction: after === undefined ? Direction.BACKWARD : Direction.FORWARD,
      fromSeq: after ?? before ?? 0,
      limit,
      epoch: 0,
      digest: 0,
    }
    const { page } = await this.#exchange.ask(Command.SYNC, { page: query })
    const self = this.#self
    return {
      conversationId: page?.conversationId || conversationIdOf(of, self),
      messages: page?.messages.map((message) => chatMessage(message, self)) ?? [],
      more: page?.more ?? false,
    }
  }

  async conversations({ cursor = '', limit = 0 }: CursorPage): Promise<{ conversations: ConversationSummary[]; nextCursor: string }> {
    const { list } = await this.#exchange.ask(Command.SYNC, { list: { cursor, limit } })
    return {
      conversations: list?.conversations.map((conversation) => conversationSummary(conversation, this.#self)) ?? [],
      nextCursor: list?.nextCursor ?? '',
    }
  }

  get #self(): string {
    return this.#exchange.userId ?? ''
  }
}
