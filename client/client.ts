import type { LoginAck } from '../shared/gen/hawser.ts'
import { conversationChange } from './change.ts'
import { chatMessage } from './chat-message.ts'
import type { Cancel } from './clock.ts'
import { CLOSED_BY_USER, type ClosedReason } from './closed-reason.ts'
import type { Connection } from './connection.ts'
import { type ClientState, ConnectionLoop } from './connection-loop.ts'
import type { Content } from './content.ts'
import { ConversationHandle, type ConversationParts } from './conversation.ts'
import type { ConversationSummary } from './conversation-summary.ts'
import type { DeviceClassName } from './device-class.ts'
import { Emitter } from './emitter.ts'
import { ClosedError } from './errors.ts'
import type { ClientEvents } from './events.ts'
import { Exchange } from './exchange.ts'
import { emitFleeting } from './fleeting.ts'
import { groupCreate, type NewGroup } from './group.ts'
import { randomId } from './identifiers.ts'
import { Mailbox } from './mailbox.ts'
import { type ClientOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import type { SendResult } from './outbox.ts'
import type { SendOptions } from './outgoing.ts'
import { type CursorPage, type History, type HistoryPage, Pages } from './pages.ts'
import { Personal, type Status } from './personal.ts'
import type { Presence } from './presence.ts'
import { type MessagePage, Queries, type Relation, type ScheduledMessage, type Search } from './queries.ts'
import type { ConversationRef, Recipient } from './recipient.ts'
import { Rooms } from './rooms.ts'
import { onSystemWord } from './system-word.ts'
import type { Transports } from './transport.ts'
import { Typing } from './typing.ts'
import { WatchList } from './watch-list.ts'

/** What a server takes of this client (L10). The client keeps within it by itself. */
export interface Limits {
  /** The most bytes that the content of a message may have. */
  readonly maxContentBytes: number
  /** How many frames one session may send in a second; heartbeats are frames too. */
  readonly framesPerSecond: number
  /** How many bytes one session may send in a second, those of the frames' headers counted. */
  readonly bytesPerSecond: number
  /** How many frames all sessions of the user together may send in a second. */
  readonly userFramesPerSecond: number
  /** How many bytes all sessions of the user together may send in a second. */
  readonly userBytesPerSecond: number
}

/** What a runtime brings along. */
export interface Platform {
  readonly transports: Transports
  readonly deviceClass: DeviceClassName
}

/**
 * A user's presence at a Hawser server, over any number of connections. Made by `connect`. It connects, and connects
 * again, by itself.
 * What is sent resolves when the server has it on disk, after as many reconnects as it takes. It rejects with
 * RequestError where the server refuses it, and with ClosedError when the client closes.
 * What is asked is asked again after a reconnect. It rejects with RequestError, with ClosedError, and with
 * TimeoutError where no answer comes within `requestTimeoutMs` (10 s by default).
 */
export class Client {
  readonly #loop: ConnectionLoop
  readonly #mailbox: Mailbox
  readonly #emitter = new Emitter<ClientEvents>()
  readonly #exchange: Exchange
  readonly #parts: ConversationParts
  readonly #watchList: WatchList
  readonly #rooms: Rooms
  readonly #offSystem: Cancel
  #closedReason: ClosedReason | undefined
  #limits: Limits | undefined

  /**
   * An application does not call it: `connect` makes clients. Throws TypeError where the platform has no transport
   * for the scheme of `url`.
   */
  constructor(url: string, options: ClientOptions, platform: Platform) {
    const address = new URL(url)
    const open = platform.transports[address.protocol]
    if (!open) throw new TypeError(`cannot connect to "${url}": it begins with none of ${Object.keys(platform.transports).join(', ')}`)
    const resolved: ResolvedOptions = resolveOptions(options, platform.deviceClass)
    const { clock } = resolved
    this.#mailbox = new Mailbox(resolved, {
      entry: (message) => {
        if (message.change) this.#emitter.emit('change', conversationChange(message, message.change))
        else this.#emitter.emit('message', chatMessage(message, this.userId ?? ''))
      },
      event: (event) => emitFleeting(this.#emitter, event),
      anew: () => {
        this.#rooms.restore()
        this.#watchList.restore()
      },
      discontinuity: (conversationId, fromSeq) => this.#emitter.emit('discontinuity', { conversationId, fromSeq }),
      synced: () => this.#loop.synced(),
      doubt: () => this.#loop.doubt(),
      failed: (message) => this.#loop.drop(message),
    })
    const exchange = new Exchange(this.#mailbox, clock, () => (this.#isClosed ? this.#closedError() : undefined))
    this.#exchange = exchange
    this.#parts = {
      exchange,
      pages: new Pages(exchange),
      queries: new Queries(exchange),
      personal: new Personal(exchange),
      typing: new Typing(exchange, clock),
    }
    this.#rooms = new Rooms(exchange)
    this.#watchList = new WatchList(exchange, (presence) => this.#emitter.emit('presence', presence))
    this.#loop = new ConnectionLoop(address, open, resolved, {
      stateChanged: (state) => this.#emitter.emit('state', state),
      loggedIn: (connection, ack) => this.#loggedIn(connection, ack),
      frame: (frame) => this.#mailbox.frame(frame),
      disconnected: () => {
        this.#mailbox.disconnected()
        this.#exchange.disconnected()
      },
      outstanding: () => this.#mailbox.outstanding,
      closed: (reason) => this.#closed(reason),
    })
    this.#offSystem = onSystemWord(() => this.checkConnection())
    this.#loop.start()
  }

  /** What the client does now; the event `state` tells when it changes. */
  get state(): ClientState {
    return this.#loop.state
  }

  /** The id of the user for whom the token stood at the last login; undefined before the first. */
  get userId(): string | undefined {
    return this.#exchange.userId
  }

  /**
   * The server's date in milliseconds since 1970, by which messages have their times; this device's date until the
   * first login (L9). A time to come is reckoned from it: `expiresAt: client.serverTime() + 60_000`.
   */
  serverTime(): number {
    return this.#loop.date.milliseconds
  }

  /** What the server takes, as it said at the last login (L10); the client keeps within it. Undefined before the first. */
  get limits(): Limits | undefined {
    return this.#limits
  }

  /** Why the last connection or attempt ended, to be shown to people; undefined while one is well. */
  get failure(): ClosedReason | undefined {
    return this.#loop.failure
  }

  /** Calls `listener` for each event of this name. Returns a function that takes the listener off again. */
  on<E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  /**
   * Resolves when the client is online, that is, logged in and synced; at once where it is. Rejects with ClosedError
   * when it is, or gets, closed for good.
   */
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
   * Sends a message to a user or to a conversation. Resolves when the server has it on disk, after as many reconnects
   * as it takes. It is sent again after each reconnect until the server answers; that never doubles it (S3).
   * Content has at most `limits.maxContentBytes` (64 KiB by default), else RequestError `content_too_large`. Other
   * refusals are `muted` (`retryAfterMs` says for how long, where that is known), `blocked`, `forbidden`,
   * `conversation_unknown`, `message_id_conflict`, `limit_reached` (100 scheduled messages of this user wait already)
   * and `field_invalid`. What the server refuses for a while is sent again by the client. Rejects with ClosedError
   * when the client closes.
   */
  send(to: Recipient, content: Content, options: SendOptions = {}): Promise<SendResult> {
    return this.#exchange.send(to, content, options)
  }

  /** What can be done with one conversation: by its id, or by its other user. Nothing is asked yet, also not whether there is one. */
  conversation(of: string | { with: string }): ConversationHandle {
    return new ConversationHandle(this.#parts, typeof of === 'string' ? { conversationId: of } : of)
  }

  /**
   * Makes a group, which this user owns. Resolves when the server has it on disk.
   * Rejects with RequestError: `conversation_exists` where the id is taken (G1), `forbidden` or `blocked` where a
   * member does not let this user add him (G10), `limit_reached` where somebody has been added as often as he may for
   * now, `field_invalid`.
   */
  async createGroup(group: NewGroup): Promise<ConversationHandle> {
    const conversationId = `group/${group.id ?? randomId()}`
    await this.#exchange.change({ conversationId }, { create: groupCreate(group) })
    return this.conversation(conversationId)
  }

  /**
   * A page of a conversation in ascending order of `seq`: those before `before`, those after `after`, or the newest
   * where neither is given (Y1). 50 by default and 200 at most, in at most 256 KiB; `more` says whether there are
   * more in that direction. Rejects with RequestError `conversation_unknown` where the user is not and was not in the
   * conversation.
   */
  history(of: ConversationRef, page: HistoryPage = {}): Promise<History> {
    return this.#parts.pages.history(of, page)
  }

  /**
   * A page of the user's conversations, the latest first: 100 by default and 500 at most, in at most 256 KiB (Y2).
   * `nextCursor` is '' on the last page; another page may be short, or empty. Rejects with RequestError
   * `field_invalid` where the cursor is none.
   */
  conversations(page: CursorPage = {}): Promise<{ conversations: ConversationSummary[]; nextCursor: string }> {
    return this.#parts.pages.conversations(page)
  }

  /** Tells that the user has read everything up to `seq`. The read position moves forward, never back (Y3). */
  markRead(conversationId: string, seq: number): Promise<void> {
    return this.conversation(conversationId).markRead(seq)
  }

  /**
   * A page of the text messages in the user's conversations that have all words of `text`, the latest first: 50 by
   * default and 100 at most (Y7). `nextCursor` is '' on the last page; another page may be short, or empty. While the
   * server is busy, what was just sent may not be found yet. Rejects with RequestError `field_invalid` where `text`
   * has no letter and no digit (it may be '' where `sender` is given), or more than 512 bytes.
   */
  search(search: Search): Promise<MessagePage> {
    return this.#parts.queries.search(search)
  }

  /** The user's messages that wait for their time, and those that were refused when it had come (S6); at most 100. */
  scheduled(): Promise<ScheduledMessage[]> {
    return this.#parts.queries.scheduled()
  }

  /**
   * Gives a scheduled message another time, also one that was refused: `sendAt` in milliseconds since 1970; now if it
   * is 0, not given or past (S6). Rejects with RequestError `message_unknown` where no such message waits.
   */
  reschedule(clientMessageId: string, sendAt = 0): Promise<SendResult> {
    return this.#parts.personal.reschedule(clientMessageId, sendAt)
  }

  /**
   * Takes a scheduled message back before it is sent, or after it was refused (S6). Rejects with RequestError
   * `message_unknown` where no such message waits.
   */
  unschedule(clientMessageId: string): Promise<SendResult> {
    return this.#parts.personal.unschedule(clientMessageId)
  }

  /** The user's contacts, requests for contact, and whom the user has blocked. */
  relations(): Promise<Relation[]> {
    return this.#parts.queries.relations()
  }

  /**
   * Blocks a user: his messages, requests and invitations are refused, and neither is told where the other is (P2).
   * Rejects with RequestError `limit_reached` where the user has blocked 10,000 others, `field_invalid` where the id
   * can be nobody's, or is the user's own.
   */
  block(user: string): Promise<SendResult> {
    return this.#parts.personal.block(user, false)
  }

  /** Takes back what `block` has done. To unblock one who is not blocked changes nothing. */
  unblock(user: string): Promise<SendResult> {
    return this.#parts.personal.block(user, true)
  }

  /**
   * Sets what others see with the user's presence, and who may see it and add the user to groups (P4). What is not
   * given stays. Rejects with RequestError `field_invalid` where `text` has more than 256 bytes.
   */
  setStatus(status: Status): Promise<SendResult> {
    return this.#parts.personal.status(status)
  }

  /**
   * Adds users to the watch list. Resolves with how it is with these users now; what changes comes by the event
   * `presence` (T2). The client says the list again after each reconnect. One who may not be seen looks offline.
   * Rejects with RequestError: `limit_reached` where the list would have more than 500 users, `field_invalid` where an id
   * can be nobody's, `body_malformed` where more than 500 are named at once.
   */
  watch(users: readonly string[]): Promise<Presence[]> {
    return this.#watchList.add(users)
  }

  /** Takes users off the watch list: no more of their presence is told. */
  unwatch(users: readonly string[]): Promise<void> {
    return this.#watchList.remove(users)
  }

  /**
   * Joins a room, whose messages then come by the event `roomMessage` (T4). Resolves with how many sessions are in
   * it. The client joins again after each reconnect. Rejects with RequestError `limit_reached` where this session is
   * in 100 rooms, `field_invalid` where the id has not 1 to 128 bytes.
   */
  joinRoom(roomId: string): Promise<{ sessions: number }> {
    return this.#rooms.join(roomId)
  }

  /** Leaves a room. To leave one that the client is not in changes nothing. */
  leaveRoom(roomId: string): Promise<void> {
    return this.#rooms.leave(roomId)
  }

  /**
   * Sends to the other sessions in a room that this client is in; nothing of it is kept, and it is never sent again.
   * Resolves with to how many sessions it went. Rejects with DisconnectedError where there is no connection, or it
   * ends before the answer; with RequestError `forbidden` where the client is not in the room, `content_too_large`.
   */
  publish(roomId: string, content: Content): Promise<{ sessions: number }> {
    return this.#rooms.publish(roomId, content)
  }

  /**
   * A person asks to be connected: at once where the client waits, and again where it was displaced or told to stop.
   * A connection that is believed to be online is tested, and replaced where no answer comes within 5 s (H3).
   */
  reconnect(): void {
    this.#loop.reconnect()
  }

  /**
   * The network may be another one: a connection is tested as by `reconnect`, a wait for the next attempt is over. In a
   * browser the client calls this by itself (online, visible, in front, another network); in Node it is for the
   * application to call, where it learns of such a thing.
   */
  checkConnection(): void {
    this.#loop.check()
  }

  /**
   * Logs out and ends the client for good; what waits is rejected with ClosedError. Resolves when the connection is
   * gone, after at most 2 s. Nothing is left that keeps a process running. What is not acknowledged by then is not sent any more.
   */
  close(): Promise<void> {
    this.#mailbox.stop()
    this.#offSystem()
    return this.#loop.close()
  }

  get #isClosed(): boolean {
    return this.#loop.isClosing || this.state === 'closed'
  }

  #loggedIn(connection: Connection, ack: LoginAck): void {
    this.#closedReason = undefined
    this.#exchange.loggedIn(ack)
    this.#limits = ack
    this.#mailbox.connected(connection, ack.userId)
  }

  #closed(reason: ClosedReason): void {
    this.#closedReason = reason
    this.#exchange.rejectAll(this.#closedError())
    this.#emitter.emit('state', 'closed')
    this.#emitter.emit('closed', reason)
  }

  #closedError(): ClosedError {
    return new ClosedError(this.#closedReason ?? CLOSED_BY_USER)
  }
}
