import { uplinkFrame } from '../shared/uplink.ts'
import { type BrowserAttachment, writeAttachment } from './attachment.ts'

/** One browser's socket, under the number by which the core knows it (docs/PROTOCOL.md, U2). */
export class Channel {
  readonly #socket: WebSocket
  #attachment: BrowserAttachment

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

  /** The frame that announces the channel, for the first time or again (U4 to U6). */
  openFrame(): Uint8Array {
    const { channel, remoteAddress, userAgent, ticket } = this.#attachment
    return uplinkFrame.open(channel, { remoteAddress, userAgent, ticket })
  }

  /** Keeps the session's ticket with the socket (U5). */
  accept(ticket: string): void {
    if (ticket === this.#attachment.ticket) return
    this.#attachment = { ...this.#attachment, ticket }
    writeAttachment(this.#socket, this.#attachment)
  }

  /** Frames for the browser, in one WebSocket message (U7). */
  send(frames: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frames)
  }
}
