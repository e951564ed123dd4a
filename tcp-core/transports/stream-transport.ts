import type { Socket } from 'node:net'
import { type CloseName, CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import { type Flushable, OutboundQueue } from './outbound-queue.ts'
import type { Transport, TransportHandler } from './transport.ts'

/** How long a peer may take to end its side after ours. */
const LINGER_MS = 2000

/** A socket's listeners are these functions and no closures: with many idle connections each closure counts. */
const served = Symbol('the handler that a socket serves')
interface ServedSocket extends Socket {
  [served]: TransportHandler
}

function onData(this: ServedSocket, chunk: Buffer): void {
  this[served].received(chunk)
}

function onDrain(this: ServedSocket): void {
  this[served].drained()
}

/** The peer's half-close ends the whole connection: nobody would read an answer's failure. */
function onEnd(this: ServedSocket): void {
  this.end()
}

function onClose(this: ServedSocket): void {
  this[served].ended()
}

/** Frames on a TCP or TLS byte stream. */
export class StreamTransport implements Transport, Flushable {
  readonly kind: 'tcp' | 'tls'
  readonly remoteAddress: string
  readonly keepsHeartbeat = false
  readonly pausesAlone = true
  readonly #socket: Socket
  readonly #queue: OutboundQueue
  #closing = false

  constructor(socket: Socket, kind: 'tcp' | 'tls', remoteAddress: string) {
    this.kind = kind
    this.remoteAddress = remoteAddress
    this.#socket = socket
    this.#queue = new OutboundQueue(this)
    socket.setNoDelay(true)
  }

  get bufferedBytes(): number {
    return this.#queue.bytes + this.#socket.writableLength
  }

  start(handler: TransportHandler): void {
    const socket = this.#socket as ServedSocket
    socket[served] = handler
    socket.on('data', onData).on('drain', onDrain).on('end', onEnd).on('close', onClose)
    // Accepted sockets wait until somebody listens.
    socket.resume()
  }

  write(frame: Uint8Array): void {
    if (!this.#closing) this.#queue.push(frame)
  }

  flushed(bytes: Uint8Array): void {
    // A socket that takes in everything at once never says `drain`.
    if (this.#socket.write(bytes)) (this.#socket as ServedSocket)[served]?.drained()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  established(): void {}

  /** Turns a peer away that has no connection: CLOSE, and out. */
  refuse({ code, reason }: { code: CloseName; reason: string }): void {
    this.close(CODES[code].close, reason)
  }

  close(code: number, reason: string): void {
    if (this.#closing) return
    // E2: a byte stream has no close frame of its own, so CLOSE is the last frame.
    this.#queue.push(encodeFrame(Command.CLOSE, 0, { code, reason }))
    this.#queue.flush()
    this.#closing = true
    this.#socket.end()
    // What still comes is read and thrown away, so that the peer gets the CLOSE rather than a reset.
    this.#socket.off('data', onData)
    this.#socket.resume()
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref()
  }
}
