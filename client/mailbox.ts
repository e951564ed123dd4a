import type { ErrorName } from '../shared/codes.ts'
import { Command } from '../shared/commands.ts'
import { RequestError } from '../shared/errors.ts'
import { decodeBody, type Frame } from '../shared/frame.ts'
import type { Change, Conversation, FleetingEvent, Gap, Message, SendAck } from '../shared/gen/hawser.ts'
import { CatchUp } from './catch-up.ts'
import type { Connection } from './connection.ts'
import { DeliveryAcks } from './delivery-acks.ts'
import { RequestIds } from './identifiers.ts'
import { Inbox, type Origin } from './inbox.ts'
import type { ResolvedOptions } from './options.ts'
import { Outbox } from './outbox.ts'
import { Pace } from './pace.ts'
import type { Outstanding } from './probe.ts'
import { Requests } from './requests.ts'

const NO_CONTENT = new Uint8Array(0)

export interface MailboxHandlers {
  /** The next entry of its conversation, to be shown. */
  entry(message: Message): void
  event(event: FleetingEvent): void
  /** A session that knows nothing of what the one before it was told. */
  anew(): void
  /** Y6: what came past `fromSeq` is void. */
  discontinuity(conversationId: string, fromSeq: number): void
  /** The first sync after a login is done, or none is wanted. */
  readonly synced: () => void
  /** A request has waited for long: the connection may be dead. */
  readonly doubt: () => void
  /** The connection is of no use for syncing. */
  failed(message: string): void
}

/** What outlives connections: the messages on their way out and in. Takes each frame of a session to where it belongs. */
export class Mailbox {
  readonly outbox: Outbox
  readonly requests: Requests
  readonly #acks: DeliveryAcks
  readonly #inbox: Inbox
  readonly #pace: Pace
  readonly #options: ResolvedOptions
  readonly #handlers: MailboxHandlers
  #userId = ''
  #catchUp: CatchUp | undefined
  /** The first sync of this client's life was done. */
  #begun = false

  constructor(options: ResolvedOptions, handlers: MailboxHandlers) {
    const ids = new RequestIds()
    this.#acks = new DeliveryAcks(options.clock)
    this.outbox = new Outbox(ids, options.clock, handlers.doubt)
    this.requests = new Requests(ids, options.clock, options.requestTimeoutMs, handlers.doubt)
    this.#options = options
    this.#handlers = handlers
    this.#pace = new Pace(options.requestTimeoutMs)
    this.#inbox = new Inbox({
      arrived: (conversationId, seq, bytes) => this.#acks.note(conversationId, seq, bytes),
      show: (message) => this.#handlers.entry(message),
      hole: (conversationId) => this.#catchUp?.fill(conversationId),
      originOf: (message) => this.#originOf(message),
      discontinuity: (conversationId, fromSeq) => this.#handlers.discontinuity(conversationId, fromSeq),
    })
  }

  /** What is on its way. An answer may be large, and by WebSocket nothing of it is seen before its end. */
  get outstanding(): Outstanding {
    return { bytes: this.outbox.oldestBytes, answerMs: this.requests.waiting > 0 ? this.#pace.timeoutMs : 0 }
  }

  connected(connection: Connection, userId: string): void {
    const write = (frame: Uint8Array) => connection.send(frame)
    this.#userId = userId
    this.outbox.connected(write)
    this.requests.connected(write)
    this.#handlers.anew()
    if (!this.#options.receive) {
      this.#inbox.stop()
      return queueMicrotask(this.#handlers.synced)
    }
    const { requests } = this
    const catchUp = new CatchUp(
      { requests, inbox: this.#inbox, pace: this.#pace, clock: this.#options.clock },
      {
        found: (conversation) => this.#found(conversation),
        failed: (error) => this.#handlers.failed(`the sync failed: ${error.message}`),
      },
    )
    this.#catchUp = catchUp
    this.#inbox.resume()
    this.#acks.connected(write)
    let synced = false
    catchUp.start(() => {
      this.#begun = true
      this.#inbox.release()
      if (!synced) this.#handlers.synced()
      synced = true
    })
  }

  disconnected(): void {
    this.#catchUp?.stop()
    this.#catchUp = undefined
    this.#acks.disconnected()
    this.outbox.disconnected()
    this.requests.disconnected()
    this.#inbox.hold()
  }

  /** Shows nothing any more; what was shown is acknowledged. */
  stop(): void {
    this.#inbox.stop()
    this.#acks.flush()
  }

  rejectAll(error: Error): void {
    this.outbox.rejectAll(error)
    this.requests.rejectAll(error)
  }

  /** Throws RequestError `body_malformed` for a frame that is none of its command. */
  frame(frame: Frame): void {
    switch (frame.command) {
      case Command.DELIVER:
        return this.#inbox.push(decodeBody(Command.DELIVER, frame.body))
      case Command.SEND_ACK: {
        const ack = decodeBody(Command.SEND_ACK, frame.body)
        this.#acknowledged(ack, this.outbox.changeOf(frame.requestId))
        return this.outbox.acknowledge(frame.requestId, ack)
      }
      case Command.SYNC_ACK:
      case Command.READ_ACK:
      case Command.QUERY_ACK:
      case Command.WATCH_ACK:
      case Command.ROOM_ACK:
      case Command.PUBLISH_ACK:
        return this.requests.answer(frame)
      case Command.GAP:
        return this.#gap(decodeBody(Command.GAP, frame.body))
      case Command.EVENT:
        return this.#handlers.event(decodeBody(Command.EVENT, frame.body))
      case Command.ERROR:
        return this.#error(frame)
    }
  }

  /** R5. The core may be another one, with a log that is not what it was: pushes are held back as after a login (Y6). */
  #gap(gap: Gap): void {
    if (gap.conversationId !== '') return this.#catchUp?.gap(gap.conversationId, gap.lastSeq)
    this.outbox.repeat()
    this.requests.repeat()
    this.#handlers.anew()
    if (!this.#catchUp) return
    this.#inbox.hold()
    this.#catchUp.all()
  }

  /** What this client sent has its place, unless it is still to be sent (S6). */
  #acknowledged({ conversationId, seq, messageId, sentAt, digest }: SendAck, change: Change | undefined): void {
    if (seq === 0) return
    const entry = change && {
      conversationId,
      seq,
      messageId,
      sender: this.#userId,
      clientMessageId: '',
      sentAt,
      contentType: '',
      content: NO_CONTENT,
      digest,
      change,
    }
    this.#inbox.own(conversationId, seq, digest, entry)
  }

  #error(frame: Frame): void {
    const { code, message, field, retryAfterMs } = decodeBody(Command.ERROR, frame.body)
    const error = new RequestError(code as ErrorName, message, { field, retryAfterMs }) // a newer server's code passes as it is
    if (!this.outbox.refuse(frame.requestId, error)) this.requests.refuse(frame.requestId, error)
  }

  /** Where the conversations of before the first login begin; one that is new later begins at its first message. */
  #found(conversation: Conversation): void {
    const { conversationId, lastSeq, deliveredSeq, readSeq, beginSeq } = conversation
    if (this.#begun) this.#inbox.begin(conversationId, 0, 0)
    else this.#inbox.begin(conversationId, this.#options.startFrom === 'now' ? lastSeq : Math.max(deliveredSeq, readSeq), lastSeq)
    this.#inbox.pass(conversationId, beginSeq)
    const owed = this.#inbox.owedTo(conversation)
    if (owed > 0) this.#acks.note(conversationId, owed, 0)
  }

  #originOf(message: Message): Origin {
    if (message.sender !== this.#userId) return 'other'
    return this.outbox.has(message.clientMessageId) ? 'client' : 'user'
  }
}
