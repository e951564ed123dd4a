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

/** What a server takes (L10). */
export interface Limits {
  /** Of a message's content. */
  readonly maxContentBytes: number
  /** What one session may send in a second, */
  readonly framesPerSecond: number
  readonly bytesPerSecond: number
  /** and all sessions of the user together. */
  readonly userFramesPerSecond: number
  readonly userBytesPerSecond: number
}

/** What a runtime brings along. */
export interface Platform {
  readonly transports: Transports
  readonly deviceClass: DeviceClassName
}

/** A user's presence at a Hawser server, over any number of connections. Made by `connect`. */
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

  get state(): ClientState {
    return this.#loop.state
  }

  /** Whom the token stood for at the last login. */
  get userId(): string | undefined {
    return this.#exchange.userId
  }

  /**
   * The server's date in milliseconds since 1970, by which messages have their times; this device's until the first login.
   * A time to come is reckoned from it: `expiresAt: client.serverTime() + 60_000`.
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
  send(to: Recipient, content: Content, options: SendOptions = {}): Promise<SendResult> {
    return this.#exchange.send(to, content, options)
  }

  /** What can be done with one conversation. Nothing is asked yet, also not whether there is one. */
  conversation(of: string | { with: string }): ConversationHandle {
    return new ConversationHandle(this.#parts, typeof of === 'string' ? { conversationId: of } : of)
  }

  /** Rejects with RequestError `conversation_exists` where the id is taken (G1). */
  async createGroup(group: NewGroup): Promise<ConversationHandle> {
    const conversationId = `group/${group.id ?? randomId()}`
    await this.#exchange.change({ conversationId }, { create: groupCreate(group) })
    return this.conversation(conversationId)
  }

  /** A page of a conversation in ascending order: what is before `before`, after `after`, or the newest. */
  history(of: ConversationRef, page: HistoryPage = {}): Promise<History> {
    return this.#parts.pages.history(of, page)
  }

  /** The user's conversations, the latest first; `nextCursor` is '' on the last page. */
  conversations(page: CursorPage = {}): Promise<{ conversations: ConversationSummary[]; nextCursor: string }> {
    return this.#parts.pages.conversations(page)
  }

  /** Moves the user's read position forward, never back (Y3). */
  markRead(conversationId: string, seq: number): Promise<void> {
    return this.conversation(conversationId).markRead(seq)
  }

  /** In the user's conversations, the latest first. */
  search(search: Search): Promise<MessagePage> {
    return this.#parts.queries.search(search)
  }

  /** What waits for its time (S6). */
  scheduled(): Promise<ScheduledMessage[]> {
    return this.#parts.queries.scheduled()
  }

  /** Another time for a scheduled message, also for one that was refused: milliseconds since 1970, now if not given. */
  reschedule(clientMessageId: string, sendAt = 0): Promise<SendResult> {
    return this.#parts.personal.reschedule(clientMessageId, sendAt)
  }

  unschedule(clientMessageId: string): Promise<SendResult> {
    return this.#parts.personal.unschedule(clientMessageId)
  }

  /** The user's contacts, and whom the user has blocked. */
  relations(): Promise<Relation[]> {
    return this.#parts.queries.relations()
  }

  /** P2 */
  block(user: string): Promise<SendResult> {
    return this.#parts.personal.block(user, false)
  }

  unblock(user: string): Promise<SendResult> {
    return this.#parts.personal.block(user, true)
  }

  setStatus(status: Status): Promise<SendResult> {
    return this.#parts.personal.status(status)
  }

  /** How it is now with these users; what changes comes as `presence` (T2). */
  watch(users: readonly string[]): Promise<Presence[]> {
    return this.#watchList.add(users)
  }

  unwatch(users: readonly string[]): Promise<void> {
    return this.#watchList.remove(users)
  }

  /** Resolves with how many sessions are in the room (T4). */
  joinRoom(roomId: string): Promise<{ sessions: number }> {
    return this.#rooms.join(roomId)
  }

  leaveRoom(roomId: string): Promise<void> {
    return this.#rooms.leave(roomId)
  }

  /** Resolves with to how many sessions it went. Rejects with DisconnectedError where there is no connection now. */
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

  /** Logs out and ends it all; nothing is left that keeps a process running. */
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
