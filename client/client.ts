import { type BodyOf, Command } from '../shared/commands.ts'
import { directConversationId } from '../shared/conversation-id.ts'
import { Direction, type LoginAck, type PageQuery, type Receipt, type Send } from '../shared/gen/hawser.ts'
import { type ChatMessage, chatMessage, TEXT_PLAIN } from './chat-message.ts'
import { CLOSED_BY_USER, type ClosedReason } from './closed-reason.ts'
import type { Connection } from './connection.ts'
import { type ClientState, ConnectionLoop } from './connection-loop.ts'
import { type ConversationSummary, conversationSummary } from './conversation-summary.ts'
import type { DeviceClassName } from './device-class.ts'
import { Emitter } from './emitter.ts'
import { ClosedError } from './errors.ts'
import { MessageIds } from './identifiers.ts'
import { Mailbox } from './mailbox.ts'
import { type ClientOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import type { SendResult } from './outbox.ts'
import type { ReplyTo, RequestCommand } from './requests.ts'
import type { Transports } from './transport.ts'

/** What a client tells its application. */
export interface ClientEvents {
  /** The next message of its conversation: each once, by `seq`. Not those that this client sent itself. */
  message: ChatMessage
  state: ClientState
  /** How far a user has received and read a conversation; fleeting (Y3). */
  receipt: Receipt
  /**
   * The server's log is not what it was (a backup was restored): the application drops what it
   * has of the conversation past `fromSeq`, and messages follow from there anew (Y6).
   */
  discontinuity: Discontinuity
  /** No reconnecting any more, unless by `reconnect`. */
  closed: ClosedReason
}

export interface Discontinuity {
  readonly conversationId: string
  readonly fromSeq: number
}

/** What a runtime brings along. */
export interface Platform {
  readonly transports: Transports
  readonly deviceClass: DeviceClassName
}

const utf8 = new TextEncoder()

/** A user's presence at a Hawser server, over any number of connections. Made by `connect`. */
export class Client {
  readonly #options: ResolvedOptions
  readonly #loop: ConnectionLoop
  readonly #mailbox: Mailbox
  readonly #emitter = new Emitter<ClientEvents>()
  readonly #messageIds: MessageIds
  #userId: string | undefined
  #closedReason: ClosedReason | undefined

  constructor(url: string, options: ClientOptions, platform: Platform) {
    const address = new URL(url)
    const open = platform.transports[address.protocol]
    if (!open) throw new TypeError(`cannot connect to "${url}": it begins with none of ${Object.keys(platform.transports).join(', ')}`)
    this.#options = resolveOptions(options, platform.deviceClass)
    this.#messageIds = new MessageIds(this.#options.clock)
    this.#mailbox = new Mailbox(this.#options, {
      message: (message) => this.#emitter.emit('message', chatMessage(message, this.#self)),
      receipt: (receipt) => this.#emitter.emit('receipt', receipt),
      discontinuity: (conversationId, fromSeq) => this.#emitter.emit('discontinuity', { conversationId, fromSeq }),
      synced: () => this.#loop.synced(),
      failed: (message) => this.#loop.drop(message),
    })
    this.#loop = new ConnectionLoop(address, open, this.#options, {
      stateChanged: (state) => this.#emitter.emit('state', state),
      loggedIn: (connection, ack) => this.#loggedIn(connection, ack),
      frame: (frame) => this.#mailbox.frame(frame),
      disconnected: () => this.#mailbox.disconnected(),
      closed: (reason) => this.#closed(reason),
    })
    this.#loop.start()
  }

  get state(): ClientState {
    return this.#loop.state
  }

  /** Whom the token stood for at the last login. */
  get userId(): string | undefined {
    return this.#userId
  }

  /** Why the last connection or attempt ended, to be shown to people; undefined while one is well. */
  get failure(): ClosedReason | undefined {
    return this.#loop.failure
  }

  /** Returns what takes the listener off again. */
  on<E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  /** Resolves when online. Rejects with ClosedError when closed for good. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (state: ClientState): void => {
        if (state === 'online') resolve()
        else if (state === 'closed') reject(this.#closedError())
        else return
        off()
      }
      const off = this.#emitter.on('state', settle)
      settle(this.state)
    })
  }

  /**
   * Resolves when the server has the message on disk, after as many reconnects as it takes.
   * Rejects with RequestError where the server refuses it, and ClosedError when the client closes.
   */
  send(
    to: { to: string } | { conversationId: string },
    content: string | { contentType: string; content: Uint8Array },
    options: { clientMessageId?: string } = {},
  ): Promise<SendResult> {
    const message: Send = {
      clientMessageId: options.clientMessageId ?? this.#messageIds.next(),
      toUser: 'to' in to ? to.to : '',
      conversationId: 'conversationId' in to ? to.conversationId : '',
      contentType: typeof content === 'string' ? TEXT_PLAIN : content.contentType,
      content: typeof content === 'string' ? utf8.encode(content) : content.content,
    }
    return this.#isClosed ? Promise.reject(this.#closedError()) : this.#mailbox.outbox.send(message)
  }

  /**
   * A page of a conversation in ascending order: the messages before `before`, after `after`, or
   * the newest. `more` says whether there are more that way.
   */
  async history(
    of: { with: string } | { conversationId: string },
    page: { before?: number; after?: number; limit?: number } = {},
  ): Promise<{ conversationId: string; messages: ChatMessage[]; more: boolean }> {
    const query: PageQuery = {
      conversationId: 'conversationId' in of ? of.conversationId : '',
      withUser: 'with' in of ? of.with : '',
      direction: page.after === undefined ? Direction.BACKWARD : Direction.FORWARD,
      fromSeq: page.after ?? page.before ?? 0,
      limit: page.limit ?? 0,
      epoch: 0,
      digest: 0,
    }
    const { page: found } = await this.#ask(Command.SYNC, { page: query, list: undefined })
    return {
      conversationId: found?.conversationId || ('with' in of ? directConversationId(this.#self, of.with) : of.conversationId),
      messages: found?.messages.map((message) => chatMessage(message, this.#self)) ?? [],
      more: found?.more ?? false,
    }
  }

  /** The user's conversations, the latest first; `nextCursor` is '' on the last page. */
  async conversations(
    page: { cursor?: string; limit?: number } = {},
  ): Promise<{ conversations: ConversationSummary[]; nextCursor: string }> {
    const { list } = await this.#ask(Command.SYNC, { page: undefined, list: { cursor: page.cursor ?? '', limit: page.limit ?? 0 } })
    return {
      conversations: list?.conversations.map((conversation) => conversationSummary(conversation, this.#self)) ?? [],
      nextCursor: list?.nextCursor ?? '',
    }
  }

  /** Moves the user's read position forward, never back (Y3). */
  async markRead(conversationId: string, seq: number): Promise<void> {
    await this.#ask(Command.READ, { conversationId, seq })
  }

  /** A person asks to be connected: at once where the client waits, and again where it was displaced or told to stop. */
  reconnect(): void {
    this.#loop.reconnect()
  }

  /** Logs out and ends it all; nothing is left that keeps a process running. */
  close(): Promise<void> {
    this.#mailbox.stop()
    return this.#loop.close()
  }

  get #self(): string {
    return this.#userId ?? ''
  }

  get #isClosed(): boolean {
    return this.#loop.isClosing || this.state === 'closed'
  }

  #ask<C extends RequestCommand>(command: C, body: BodyOf<C>): Promise<ReplyTo<C>> {
    return this.#isClosed ? Promise.reject(this.#closedError()) : this.#mailbox.requests.ask(command, body, 'client')
  }

  #loggedIn(connection: Connection, ack: LoginAck): void {
    this.#userId = ack.userId
    this.#closedReason = undefined
    this.#mailbox.connected(connection, ack.userId)
  }

  #closed(reason: ClosedReason): void {
    this.#closedReason = reason
    this.#mailbox.rejectAll(this.#closedError())
    this.#emitter.emit('state', 'closed')
    this.#emitter.emit('closed', reason)
  }

  #closedError(): ClosedError {
    return new ClosedError(this.#closedReason ?? CLOSED_BY_USER)
  }
}
