import { Command } from '../shared/commands.ts'
import type { RequestError } from '../shared/errors.ts'
import { encodeRequest } from '../shared/frame.ts'
import { type Change, Durability, type Send, type SendAck } from '../shared/gen/hawser.ts'
import type { Cancel, Clock } from './clock.ts'
import type { RequestIds } from './identifiers.ts'
import { isRetryable, RETRY_AFTER_MS } from './retryable.ts'

/** Sends on their way at one time: enough to fill a line, few enough not to run into a rate limit with all of a backlog. */
const MAX_IN_FLIGHT = 64

/** So long after the last thing that came back an unanswered SEND makes the client ask whether the connection lives (H3). */
const UNANSWERED_MS = 4_000

/** What the server says of a message or a change that it has on disk (S2). */
export interface SendResult {
  readonly conversationId: string
  /** Its number in the conversation; 0 for a scheduled message, which has none yet. */
  readonly seq: number
  /** The server's name for it, by which an operator can trace it. */
  readonly messageId: string
  /** Milliseconds since 1970 when the server took it in. */
  readonly sentAt: number
  /** How safe it was when the server said so (S2): on the disk of the server (`fsynced`), or also on that of a standby (`replicated`). */
  readonly durability: 'fsynced' | 'replicated'
  /** An earlier attempt had arrived; this is its place (S3). */
  readonly duplicate: boolean
  /** The id under which it was sent: the one given, or one that the client made. */
  readonly clientMessageId: string
  /** When the message will be sent (S6), in milliseconds since 1970; undefined where it is not scheduled. */
  readonly scheduledFor: number | undefined
}

interface PendingSend {
  readonly frame: Uint8Array
  readonly clientMessageId: string
  readonly change: Change | undefined
  readonly resolve: (result: SendResult) => void
  readonly reject: (error: Error) => void
  inFlight: boolean
}

/** Messages that are not acknowledged yet, in the order of sending, over any number of connections (S3). */
export class Outbox {
  readonly #ids: RequestIds
  readonly #clock: Clock
  /** By requestId; a Map keeps the order in which they were put in. */
  readonly #sends = new Map<number, PendingSend>()
  readonly #messageIds = new Set<string>()
  #inFlight = 0
  #write: ((frame: Uint8Array) => void) | undefined
  #cancelRetry: Cancel | undefined
  #cancelWatch: Cancel | undefined
  /** When something came back last, or the first of these sends left; by `elapsed`. */
  #progressAt = 0
  readonly #unanswered: () => void

  /** `unanswered` is called every 4 s while sends wait and nothing comes back. */
  constructor(ids: RequestIds, clock: Clock, unanswered: () => void) {
    this.#ids = ids
    this.#clock = clock
    this.#unanswered = unanswered
  }

  send(message: Send): Promise<SendResult> {
    return new Promise((resolve, reject) => {
      const id = this.#ids.next()
      const { clientMessageId, change } = message
      const frame = encodeRequest(Command.SEND, id, message)
      this.#sends.set(id, { frame, clientMessageId, change, resolve, reject, inFlight: false })
      this.#messageIds.add(clientMessageId)
      this.#pump()
    })
  }

  /** Whether a message of this id waits for its acknowledgement. */
  has(clientMessageId: string): boolean {
    return this.#messageIds.has(clientMessageId)
  }

  /** What the send of this id does to its conversation, if it waits and is no message. */
  changeOf(requestId: number): Change | undefined {
    return this.#sends.get(requestId)?.change
  }

  /** Bytes of the oldest send that waits for its answer, 0 for none. */
  get oldestBytes(): number {
    for (const { inFlight, frame } of this.#sends.values()) if (inFlight) return frame.length
    return 0
  }

  connected(write: (frame: Uint8Array) => void): void {
    this.#write = write
    this.repeat()
  }

  disconnected(): void {
    this.#write = undefined
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#stopWatch()
  }

  /** S3: after a reconnect, and a GAP without a conversation, all is sent again from the oldest on. */
  repeat(): void {
    this.#stopWatch()
    for (const send of this.#sends.values()) send.inFlight = false
    this.#inFlight = 0
    this.#pump()
  }

  acknowledge(requestId: number, ack: SendAck): void {
    const send = this.#take(requestId)
    if (!send) return
    const { conversationId, seq, messageId, sentAt, duplicate, scheduledFor } = ack
    const { clientMessageId } = send
    const durability = ack.durability === Durability.REPLICATED ? 'replicated' : 'fsynced'
    send.resolve({ conversationId, seq, messageId, sentAt, durability, duplicate, clientMessageId, scheduledFor })
    this.#pump()
  }

  /** Returns whether a send of this id waited. What may succeed later is sent again later, before anything newer. */
  refuse(requestId: number, error: RequestError): boolean {
    const send = this.#sends.get(requestId)
    if (!send) return false
    if (!isRetryable(error.code)) {
      this.#take(requestId)
      send.reject(error)
      this.#pump()
    } else if (send.inFlight) {
      send.inFlight = false
      this.#landed()
      this.#cancelRetry ??= this.#clock.after(error.retryAfterMs || RETRY_AFTER_MS, this.#retry)
    }
    return true
  }

  rejectAll(error: Error): void {
    const sends = [...this.#sends.values()]
    this.#sends.clear()
    this.#messageIds.clear()
    this.#inFlight = 0
    this.#stopWatch()
    for (const { reject } of sends) reject(error)
  }

  #take(requestId: number): PendingSend | undefined {
    const send = this.#sends.get(requestId)
    if (!send) return undefined
    this.#sends.delete(requestId)
    this.#messageIds.delete(send.clientMessageId)
    if (send.inFlight) this.#landed()
    return send
  }

  /** One that was in flight was answered. */
  #landed(): void {
    this.#inFlight--
    this.#progressAt = this.#clock.elapsed()
    if (this.#inFlight === 0) this.#stopWatch()
  }

  #watch(): void {
    if (this.#cancelWatch) return
    this.#progressAt = this.#clock.elapsed()
    this.#cancelWatch = this.#clock.after(UNANSWERED_MS, this.#look)
  }

  #stopWatch(): void {
    this.#cancelWatch?.()
    this.#cancelWatch = undefined
  }

  readonly #look = (): void => {
    const left = this.#progressAt + UNANSWERED_MS - this.#clock.elapsed()
    this.#cancelWatch = this.#clock.after(left > 0 ? left : UNANSWERED_MS, this.#look)
    if (left <= 0) this.#unanswered()
  }

  readonly #retry = (): void => {
    this.#cancelRetry = undefined
    this.#pump()
  }

  /** Nothing overtakes a send that waits for its retry. */
  #pump(): void {
    const write = this.#write
    if (!write || this.#cancelRetry || this.#inFlight === this.#sends.size) return
    for (const send of this.#sends.values()) {
      if (this.#inFlight >= MAX_IN_FLIGHT) return
      if (send.inFlight) continue
      send.inFlight = true
      this.#inFlight++
      this.#watch()
      write(send.frame)
    }
  }
}
