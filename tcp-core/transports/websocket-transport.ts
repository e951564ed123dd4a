import type { RawData, WebSocket } from 'ws'
import { TEXT_PING, TEXT_PONG } from '../../shared/subprotocol.ts'
import { closeReason } from './close-reason.ts'
import { type Flushable, OutboundQueue } from './outbound-queue.ts'
import type { Transport, TransportHandler } from './transport.ts'

/** How long a peer may take to answer the close. */
const LINGER_MS = 2000

/** Frames in binary messages of the core's own WebSocket listener. */
export class WebSocketTransport implements Transport, Flushable {
  readonly kind = 'ws'
  readonly remoteAddress: string
  readonly keepsHeartbeat = false
  readonly pausesAlone = true
  readonly #socket: WebSocket
  readonly #queue: OutboundQueue
  #handler: TransportHandler | undefined
  #closing = false

  constructor(socket: WebSocket, remoteAddress: string) {
    this.remoteAddress = remoteAddress
    this.#socket = socket
    this.#queue = new OutboundQueue(this)
  }

  get bufferedBytes(): number {
    return this.#queue.bytes + this.#socket.bufferedAmount
  }

  start(handler: TransportHandler): void {
    this.#handler = handler
    this.#socket.on('message', (data: RawData, binary: boolean) => {
      if (this.#closing) return
      const bytes = data as Buffer
      if (binary) handler.receivedMessage(bytes)
      else if (bytes.toString() !== TEXT_PING) handler.receivedText()
      else {
        // H2. Answered in order with the frames, and not at all to a peer that does not read.
        handler.heardFrom()
        if (this.#mayPong()) this.#socket.send(TEXT_PONG)
      }
    })
    this.#socket.on('ping', (data: Buffer) => {
      if (this.#closing) return
      handler.heardFrom()
      if (this.#mayPong()) this.#socket.pong(data)
    })
    // A fault of the peer's WebSocket layer; ws closes with the right code by itself.
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => handler.ended())
  }

  write(frame: Uint8Array): void {
    if (!this.#closing) this.#queue.push(frame)
  }

  flushed(bytes: Uint8Array): void {
    this.#socket.send(bytes, () => this.#sent())
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  established(): void {}

  close(code: number, reason: string): void {
    if (this.#closing) return
    this.#queue.flush()
    this.#closing = true
    this.#socket.resume()
    this.#socket.close(code, closeReason(reason))
    setTimeout(() => this.#socket.terminate(), LINGER_MS).unref()
  }

  #mayPong(): boolean {
    return !this.#closing && this.#socket.bufferedAmount === 0
  }

  #sent(): void {
    if (this.#socket.bufferedAmount === 0) this.#handler?.drained()
  }
}
