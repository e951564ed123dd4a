import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'
import type { LineEnd, LineHandler, Unit } from './network.ts'

/** The states of every WebSocket. */
export const SOCKET_STATE = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const
const { OPEN, CLOSING, CLOSED } = SOCKET_STATE
const ABNORMAL = 1006

/**
 * One end of a WebSocket, as the `ws` package gives it to the core: events `open`, `message`,
 * `close`. The other WebSockets of the simulation, a browser's and a shard's, wear their own
 * faces over it.
 */
export class WebSocketEnd extends EventEmitter implements LineHandler {
  readyState: number = OPEN
  readonly #line: LineEnd
  #sent: (() => void)[] = []

  constructor(line: LineEnd) {
    super()
    this.#line = line
    // Whoever made it listens by then.
    process.nextTick(() => line.open(this))
  }

  /** To be handed to the product. */
  asSocket(): WebSocket {
    return this as unknown as WebSocket
  }

  get bufferedAmount(): number {
    return this.#line.bufferedBytes
  }

  send(data: Uint8Array | string, sent?: () => void): void {
    if (this.readyState !== OPEN) return
    this.#line.write(typeof data === 'string' ? { kind: 'text', data } : { kind: 'binary', data })
    if (!sent) return
    if (this.bufferedAmount === 0) process.nextTick(sent)
    else this.#sent.push(sent)
  }

  pause(): void {
    this.#line.pause()
  }

  resume(): void {
    this.#line.resume()
  }

  close(code = 1000, reason = ''): void {
    if (this.readyState >= CLOSING) return
    this.readyState = CLOSING
    this.#line.write({ kind: 'close', code, reason })
  }

  terminate(): void {
    if (this.readyState === CLOSED) return
    this.#line.drop()
    process.nextTick(() => this.#closed(ABNORMAL, ''))
  }

  received(unit: Unit): void {
    if (this.readyState === CLOSED) return
    if (unit.kind === 'binary') this.emit('message', unit.data, true)
    else if (unit.kind === 'text') this.emit('message', Buffer.from(unit.data), false)
    else if (unit.kind === 'close') {
      // The answer to a close is a close.
      if (this.readyState === OPEN) this.#line.write(unit)
      this.#closed(unit.code, unit.reason)
    }
  }

  drained(): void {
    const sent = this.#sent
    this.#sent = []
    for (const each of sent) each()
  }

  lost(): void {
    this.#closed(ABNORMAL, '')
  }

  #closed(code: number, reason: string): void {
    if (this.readyState === CLOSED) return
    this.readyState = CLOSED
    this.emit('close', code, Buffer.from(reason))
  }
}
