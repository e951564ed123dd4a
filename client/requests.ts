import { type BodyOf, Command } from '../shared/commands.ts'
import { decodeBody, encodeRequest, type Frame } from '../shared/frame.ts'
import type { Cancel, Clock } from './clock.ts'
import { DisconnectedError, TimeoutError } from './errors.ts'
import type { RequestIds } from './identifiers.ts'

/** Each request and what answers it. */
const REPLIES = {
  [Command.SYNC]: Command.SYNC_ACK,
  [Command.READ]: Command.READ_ACK,
  [Command.QUERY]: Command.QUERY_ACK,
  [Command.WATCH]: Command.WATCH_ACK,
  [Command.ROOM]: Command.ROOM_ACK,
  [Command.PUBLISH]: Command.PUBLISH_ACK,
} as const
export type RequestCommand = keyof typeof REPLIES
export type ReplyTo<C extends RequestCommand> = BodyOf<(typeof REPLIES)[C]>

/**
 * `client`: asked again after a reconnect. `connection`: given up with the connection it was
 * asked on. `once`: now or never, for asking twice would do it twice.
 */
export type Lifetime = 'client' | 'connection' | 'once'

interface Pending {
  readonly frame: Uint8Array
  readonly reply: Command
  readonly lifetime: Lifetime
  readonly cancelTimeout: Cancel
  readonly resolve: (body: never) => void
  readonly reject: (error: Error) => void
}

/** Requests that wait for their answer, by requestId. */
export class Requests {
  readonly #ids: RequestIds
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #unanswered: () => void
  readonly #pending = new Map<number, Pending>()
  #write: ((frame: Uint8Array) => void) | undefined

  /** `unanswered` is called when one is given up. */
  constructor(ids: RequestIds, clock: Clock, timeoutMs: number, unanswered: () => void) {
    this.#ids = ids
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#unanswered = unanswered
  }

  /** Rejects with RequestError, TimeoutError, DisconnectedError (not `client`) or what `rejectAll` is given. */
  ask<C extends RequestCommand>(command: C, body: BodyOf<C>, lifetime: Lifetime, timeoutMs = this.#timeoutMs): Promise<ReplyTo<C>> {
    if (lifetime === 'once' && !this.#write) return Promise.reject(new DisconnectedError('There is no connection for now.'))
    return new Promise((resolve, reject) => {
      const id = this.#ids.next()
      const frame = encodeRequest(command, id, body)
      const cancelTimeout = this.#clock.after(timeoutMs, () => {
        this.#pending.delete(id)
        reject(new TimeoutError(`The server did not answer within ${timeoutMs} ms.`))
        this.#unanswered()
      })
      this.#pending.set(id, { frame, reply: REPLIES[command], lifetime, cancelTimeout, resolve, reject })
      this.#write?.(frame)
    })
  }

  /** What has no reply. Returns whether there is a connection to say it on. */
  tell<C extends Command>(command: C, body: BodyOf<C>): boolean {
    this.#write?.(encodeRequest(command, 0, body))
    return this.#write !== undefined
  }

  /** How many wait for their answer. */
  get waiting(): number {
    return this.#pending.size
  }

  /** After a login: what waits is asked again. */
  connected(write: (frame: Uint8Array) => void): void {
    this.#write = write
    this.repeat()
  }

  /** R5: after a GAP without a conversation nobody knows what was answered. */
  repeat(): void {
    for (const [id, { frame, lifetime }] of this.#pending) {
      if (lifetime === 'once') this.refuse(id, new DisconnectedError('The server changed; whether it was done is not known.'))
      else this.#write?.(frame)
    }
  }

  disconnected(): void {
    this.#write = undefined
    for (const [id, { lifetime }] of this.#pending) {
      if (lifetime !== 'client') this.refuse(id, new DisconnectedError('The connection ended.'))
    }
  }

  /** Settles the request that this frame answers; other frames are let be. */
  answer(frame: Frame): void {
    const pending = this.#pending.get(frame.requestId)
    if (!pending || pending.reply !== frame.command) return
    const body = decodeBody(pending.reply, frame.body)
    this.#take(frame.requestId)
    pending.resolve(body as never)
  }

  /** Returns whether a request of this id waited. */
  refuse(requestId: number, error: Error): boolean {
    const pending = this.#take(requestId)
    pending?.reject(error)
    return pending !== undefined
  }

  rejectAll(error: Error): void {
    for (const id of this.#pending.keys()) this.refuse(id, error)
  }

  #take(requestId: number): Pending | undefined {
    const pending = this.#pending.get(requestId)
    pending?.cancelTimeout()
    this.#pending.delete(requestId)
    return pending
  }
}
