import { connectionLost } from '../../client/closed-reason.ts'
import type { Transport, TransportHandlers, Transports } from '../../client/transport.ts'
import { webSocketTransports } from '../../client/websocket-transport.ts'
import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import type { Line, LineHandler, Unit } from './network.ts'
import { SOCKET_STATE, WebSocketEnd } from './web-socket-end.ts'

const LINGER_MS = 2_000
const PING = encodeFrame(Command.PING, 0, {})

/** What a client sees when it dials. */
export interface Dialed {
  /** The line stands. */
  opened(line: Line): void
  refused(): void
}

/** Opens a line from a client to a door; the answer comes later. */
export type Dial = (client: string, door: string, dialed: Dialed) => void

let dial: Dial = () => {}

/** Client transports dial through this from now on. */
export function dialThrough(network: Dial): void {
  dial = network
}

/** The SDK's TCP transport, over a simulated line instead of a socket. */
class StreamClientTransport implements Transport, LineHandler, Dialed {
  readonly maxHeartbeatMs = Number.POSITIVE_INFINITY
  readonly #handlers: TransportHandlers
  #line: Line | undefined
  #closed = false

  constructor(url: URL, handlers: TransportHandlers) {
    this.#handlers = handlers
    dial(url.searchParams.get('client') ?? '', 'tcp', this)
  }

  opened(line: Line): void {
    this.#line = line
    line.near.open(this)
    if (this.#closed) line.near.drop()
    else this.#handlers.onOpen()
  }

  refused(): void {
    if (!this.#closed) this.#handlers.onClose(connectionLost('connection refused'))
  }

  send(data: Uint8Array): void {
    this.#line?.near.write({ kind: 'binary', data })
  }

  ping(): void {
    this.send(PING)
  }

  close(): void {
    this.#closed = true
    this.#line?.near.write({ kind: 'end' })
    setTimeout(() => this.#line?.near.drop(), LINGER_MS)
  }

  received(unit: Unit): void {
    if (this.#closed) return
    if (unit.kind === 'binary') this.#handlers.onBytes(unit.data)
    else if (unit.kind === 'end') {
      this.#line?.near.write({ kind: 'end' })
      this.#handlers.onClose(connectionLost('the connection ended'))
    }
  }

  drained(): void {}

  lost(): void {
    if (!this.#closed) this.#handlers.onClose(connectionLost('connection reset'))
  }
}

/** A browser's WebSocket. The URL's host is the door, its query names the client. */
class BrowserWebSocket implements Dialed {
  static readonly OPEN = SOCKET_STATE.OPEN
  binaryType = ''
  readyState: number = SOCKET_STATE.CONNECTING
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onerror: ((event: object) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  #end: WebSocketEnd | undefined

  constructor(url: string) {
    const { host, searchParams } = new URL(url)
    dial(searchParams.get('client') ?? '', host, this)
  }

  opened(line: Line): void {
    const end = new WebSocketEnd(line.near)
    this.#end = end
    if (this.readyState >= SOCKET_STATE.CLOSING) return end.terminate()
    this.readyState = SOCKET_STATE.OPEN
    end.on('message', (data: Uint8Array, binary: boolean) => {
      // A copy, as the runtime hands out an ArrayBuffer of its own.
      this.onmessage?.({ data: binary ? new Uint8Array(data).buffer : String(data) })
    })
    end.on('close', (code: number, reason: Buffer) => {
      this.readyState = SOCKET_STATE.CLOSED
      this.onclose?.({ code, reason: reason.toString() })
    })
    this.onopen?.()
  }

  refused(): void {
    if (this.readyState >= SOCKET_STATE.CLOSING) return
    this.readyState = SOCKET_STATE.CLOSED
    this.onclose?.({ code: 1006, reason: '' })
  }

  send(data: Uint8Array | string): void {
    // The caller may use its buffer again.
    this.#end?.send(typeof data === 'string' ? data : new Uint8Array(data))
  }

  close(code = 1000, reason = ''): void {
    this.readyState = SOCKET_STATE.CLOSING
    this.#end?.close(code, reason)
    setTimeout(() => this.#end?.terminate(), LINGER_MS)
  }
}

Object.assign(globalThis, { WebSocket: BrowserWebSocket })

export const simulatedTransports: Transports = {
  ...webSocketTransports,
  'tcp:': (url, _token, handlers) => new StreamClientTransport(url, handlers),
}
