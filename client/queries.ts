import { Command } from '../shared/commands.ts'
import {
  type Answer,
  type BannedUser as BannedUserBody,
  ContactState,
  type Member as MemberBody,
  type Message,
  type Query,
  type Reader,
  type Relation as RelationBody,
  type Scheduled as ScheduledBody,
} from '../shared/gen/hawser.ts'
import { type ChatMessage, chatMessage, type MessageDetails, messageDetails } from './chat-message.ts'
import { type ReceivedContent, receivedContent } from './content.ts'
import type { Exchange } from './exchange.ts'
import { type Group, groupOf } from './group.ts'
import type { CursorPage } from './pages.ts'
import { type RoleName, roleName } from './role.ts'

/** A member of a group; times in milliseconds since 1970. */
export interface Member {
  readonly userId: string
  /** What the member may do follows from it (G2). */
  readonly role: RoleName
  /** When the user became a member, in milliseconds since 1970. */
  readonly joinedAt: number
  /** Until when the member may not send, in milliseconds since 1970; 0, or in the past: not muted. */
  readonly mutedUntil: number
}

/** Whom a group keeps out, by whom and since when, in milliseconds since 1970. */
export type BannedUser = Readonly<BannedUserBody>

/**
 * How many have received and read a message, its sender apart, and a page of those who have read it. Who has blocked
 * this user, or is blocked by him, is not among them (P2).
 */
export interface Readers {
  /** How many have read it. */
  readonly readCount: number
  /** How many have received it. */
  readonly deliveredCount: number
  /** To how many members it was shown. */
  readonly memberCount: number
  /** Who has read it, each with the `seq` up to which he has received and read the conversation. */
  readonly readers: Readonly<Reader>[]
  /** '' on the last page. */
  readonly nextCursor: string
}

/** What to search for. What is not given, or empty, limits nothing. A page has 50 messages by default, 100 at most. */
export interface Search extends CursorPage {
  /**
   * The words that a message has, all of them, the last perhaps not to its end; case and accents do not matter. At
   * most 512 bytes; may be '' where `sender` is given.
   */
  text: string
  /** Only in this conversation. */
  conversationId?: string
  /** Only messages of this user, by his id. */
  sender?: string
  /** Only messages sent then or later, in milliseconds since 1970. */
  sentFrom?: number
  /** Only messages sent before then, in milliseconds since 1970. */
  sentBefore?: number
}

/** A page of messages. */
export interface MessagePage {
  /** In the order that the method says. */
  readonly messages: ChatMessage[]
  /** '' on the last page. */
  readonly nextCursor: string
}

/** A message that waits for its time (S6). */
export interface ScheduledMessage extends ReceivedContent, MessageDetails {
  /** The id under which it was sent, by which `reschedule` and `unschedule` name it. */
  readonly clientMessageId: string
  readonly conversationId: string
  /** When it is to be sent, in milliseconds since 1970. */
  readonly sendAt: number
  /** The code with which it was refused when its time had come; '' where it was not. */
  readonly refusal: string
  /** The same as a sentence for people; '' where it was not refused. */
  readonly refusalMessage: string
  /** When it is tried again, in milliseconds since 1970; 0 for never. */
  readonly nextTryAt: number
}

/** What the user and another are to each other (P2, P3). */
export interface Relation {
  readonly userId: string
  /** `none`; `asked`: this user has asked the other; `wasAsked`: the other has asked this user; `contact`: both agreed. */
  readonly contact: 'none' | 'asked' | 'wasAsked' | 'contact'
  /** This user has blocked the other. */
  readonly blocked: boolean
}

/** Messages that one question asks for (Y7). */
const SEQS_AT_ONCE = 100

const CONTACT_NAMES = {
  [ContactState.NO_CONTACT]: 'none',
  [ContactState.ASKED]: 'asked',
  [ContactState.WAS_ASKED]: 'wasAsked',
  [ContactState.CONTACT]: 'contact',
} as const

/** Asks what the entries of the log do not list (Y7). */
export class Queries {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  async group(conversationId: string): Promise<Group> {
    return groupOf(answered(await this.#ask({ group: { conversationId } }), 'group'))
  }

  async members(conversationId: string, { cursor = '', limit = 0 }: CursorPage): Promise<{ members: Member[]; nextCursor: string }> {
    const { members, nextCursor } = answered(await this.#ask({ members: { conversationId, cursor, limit } }), 'members')
    return { members: members.map(memberOf), nextCursor }
  }

  bans(conversationId: string, { cursor = '', limit = 0 }: CursorPage): Promise<{ bans: BannedUser[]; nextCursor: string }> {
    return this.#ask({ bans: { conversationId, cursor, limit } }).then((answer) => answered(answer, 'bans'))
  }

  async readers(conversationId: string, seq: number, { cursor = '', limit = 0 }: CursorPage): Promise<Readers> {
    return answered(await this.#ask({ readers: { conversationId, seq, cursor, limit } }), 'readers')
  }

  async reactors(
    conversationId: string,
    seq: number,
    key: string,
    { cursor = '', limit = 0 }: CursorPage,
  ): Promise<{ users: string[]; nextCursor: string }> {
    return answered(await this.#ask({ reactors: { conversationId, seq, key, cursor, limit } }), 'reactors')
  }

  pins(conversationId: string): Promise<ChatMessage[]> {
    return allPages(async (cursor) => {
      const { messages: items, nextCursor } = await this.#messages({ pins: { conversationId, fromSeq: Number(cursor) } })
      return { items, nextCursor }
    })
  }

  /** One question has at most so many, and one answer may hold fewer than are asked for: its cursor is the last seq it has. */
  async messages(conversationId: string, seqs: readonly number[]): Promise<ChatMessage[]> {
    const found: ChatMessage[] = []
    for (let from = 0; from < seqs.length; from += SEQS_AT_ONCE) {
      let left = seqs.slice(from, from + SEQS_AT_ONCE)
      const part = await allPages(async (cursor) => {
        if (cursor !== '') left = left.slice(left.indexOf(Number(cursor)) + 1)
        const { messages: items, nextCursor } = await this.#messages({ messages: { conversationId, seqs: [...left] } })
        return { items, nextCursor }
      })
      found.push(...part)
    }
    return found
  }

  /** Its pages go by seq: the cursor is the last one's. */
  thread(conversationId: string, thread: number, { cursor = '', limit = 0 }: CursorPage): Promise<MessagePage> {
    return this.#messages({ thread: { conversationId, thread, fromSeq: Number(cursor), limit } })
  }

  search({ text, conversationId = '', sender = '', sentFrom = 0, sentBefore = 0, cursor = '', limit = 0 }: Search): Promise<MessagePage> {
    return this.#messages({ search: { text, conversationId, sender, sentFrom, sentBefore, cursor, limit } })
  }

  scheduled(): Promise<ScheduledMessage[]> {
    return allPages(async (cursor) => {
      const { scheduled, nextCursor } = answered(await this.#ask({ scheduled: { cursor } }), 'scheduled')
      return { items: scheduled.map(scheduledOf), nextCursor }
    })
  }

  relations(): Promise<Relation[]> {
    return allPages(async (cursor) => {
      const { relations, nextCursor } = answered(await this.#ask({ relations: { cursor } }), 'relations')
      return { items: relations.map(relationOf), nextCursor }
    })
  }

  #ask(query: Query): Promise<Answer> {
    return this.#exchange.ask(Command.QUERY, query)
  }

  async #messages(query: Query): Promise<MessagePage> {
    const { messages, nextCursor } = answered(await this.#ask(query), 'messages')
    return { messages: messages.map((message: Message) => chatMessage(message, this.#exchange.userId ?? '')), nextCursor }
  }
}

/** Asks for page after page until there is no cursor for another. */
async function allPages<T>(ask: (cursor: string) => Promise<{ items: T[]; nextCursor: string }>): Promise<T[]> {
  const all: T[] = []
  let cursor = ''
  do {
    const { items, nextCursor } = await ask(cursor)
    all.push(...items)
    cursor = nextCursor
  } while (cursor !== '')
  return all
}

/** Y7: the answer has the field that was asked for. */
function answered<F extends keyof Answer>(answer: Answer, field: F): NonNullable<Answer[F]> {
  const found = answer[field]
  if (found === undefined) throw new Error(`the server's answer has no "${field}"`)
  return found
}

function memberOf({ userId, role, joinedAt, mutedUntil }: MemberBody): Member {
  return { userId, role: roleName(role) ?? 'member', joinedAt, mutedUntil }
}

function scheduledOf(scheduled: ScheduledBody): ScheduledMessage {
  const { clientMessageId, conversationId, sendAt, details, refusal, refusalMessage, nextTryAt } = scheduled
  return {
    clientMessageId,
    conversationId,
    sendAt,
    refusal,
    refusalMessage,
    nextTryAt,
    ...receivedContent(scheduled),
    ...messageDetails(details),
  }
}

function relationOf({ userId, contact, blocked }: RelationBody): Relation {
  return { userId, contact: CONTACT_NAMES[contact], blocked }
}
