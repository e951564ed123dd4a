import { uplinkFrame } from '../../shared/uplink.ts'
import { type BrowserAttachment, writeAttachment } from './socket-attachment.ts'
import { concat } from './uplink.ts'

/** A browser that lets this much pile up is ended: the log keeps what it has not got, and the shard's memory is everybody's. */
const STALL_BYTES = 4 * 1024 * 1024

/** One browser's socket, under the number by which the cores know it (docs/PROTOCOL.md, U2). */
export class Channel {
  readonly #socket: WebSocket
  #attachment: BrowserAttachment
  /** Kept by InFlight. */
  inFlightBytes = 0
  inFlightMessages = 0
  #queued: Uint8Array[] = []
  #queuedBytes = 0

  constructor(socket: WebSocket, attachment: BrowserAttachment) {
    this.#socket = socket
    this.#attachment = attachment
  }

  get number(): number {
    return this.#attachment.channel
  }

  get socket(): WebSocket {
    return this.#socket
  }

  /** Milliseconds since 1970. */
  get openedAt(): number {
    return this.#attachment.openedAt
  }

  get hasSession(): boolean {
    return this.#attachment.ticket !== ''
  }

  /** Milliseconds since 1970; never for a socket without a session. */
  get expiresAt(): number {
    return this.hasSession ? this.#attachment.expiresAt : Number.POSITIVE_INFINITY
  }

  /** The frame that announces the channel, for the first time or again (U4 to U6). */
  openFrame(): Uint8Array {
    const { channel, remoteAddress, userAgent, ticket } = this.#attachment
    return uplinkFrame.open(channel, { remoteAddress, userAgent, ticket })
  }

  /** Keeps the session's ticket with the socket (U5). */
  accept(ticket: string, expiresAt: number): void {
    if (ticket === this.#attachment.ticket) return
    this.#attachment = { ...this.#attachment, ticket, expiresAt }
    writeAttachment(this.#socket, this.#attachment)
  }

  /** Frames for the browser, to leave with `flush`. Says whether they are the first. */
  queue(frames: Uint8Array): boolean {
    this.#queuedBytes += frames.length
    return this.#queued.push(frames) === 1
  }

  /** Sends what is queued in one WebSocket message (U7). Says false if the browser does not read what it gets. */
  flush(): boolean {
    if (this.#queued.length === 0) return true
    const frames = this.#queued.length === 1 ? (this.#queued[0] as Uint8Array) : concat(this.#queued, this.#queuedBytes)
    this.#queued = []
    this.#queuedBytes = 0
    if (this.#socket.readyState !== WebSocket.OPEN) return true
    this.#socket.send(frames)
    return this.#socket.bufferedAmount - frames.length <= STALL_BYTES
  }
}
