import { subprotocolsFor, TEXT_PING } from '../shared/subprotocol.ts'
import { closedReason } from './closed-reason.ts'
import type { Transport, TransportHandlers, Transports } from './transport.ts'

/** Below the idle timeouts of proxies on the way, of which a minute is the shortest in use. */
const MAX_HEARTBEAT_MS = 25_000

/** Frames in binary messages of the runtime's own WebSocket: a browser's, a Worker's or Node's. */
export class WebSocketTransport implements Transport {
  readonly maxHeartbeatMs = MAX_HEARTBEAT_MS
  readonly #socket: WebSocket

  static open(url: URL, token: string, handlers: TransportHandlers): Transport {
    return new WebSocketTransport(url, token, handlers)
  }

  constructor(url: URL, token: string, handlers: TransportHandlers) {
    const socket = new WebSocket(webSocketUrl(url), subprotocolsFor(token))
    socket.binaryType = 'arraybuffer'
    let failure = ''
    socket.onopen = () => handlers.onOpen()
    socket.onmessage = (event: { data: unknown }) => {
      if (event.data instanceof ArrayBuffer) handlers.onBytes(new Uint8Array(event.data))
      else handlers.onPong()
    }
    socket.onerror = (event: object) => {
      if ('message' in event && typeof event.message === 'string') failure = event.message
    }
    socket.onclose = (event: { code: number; reason: string }) => {
      handlers.onClose(closedReason(event.code, event.reason || failure))
    }
    this.#socket = socket
  }

  send(frames: Uint8Array): void {
    if (this.#socket.readyState === 1) this.#socket.send(frames as Uint8Array<ArrayBuffer>)
  }

  ping(): void {
    if (this.#socket.readyState === 1) this.#socket.send(TEXT_PING)
  }

  close(): void {
    const socket = this.#socket
    socket.onopen = null
    socket.onmessage = null
    socket.onclose = null
    socket.close()
  }
}

/** The door is `ws` in its folder unless the URL names another; http and https stand for ws and wss. */
function webSocketUrl(url: URL): string {
  const scheme = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:'
  return `${scheme}//${url.host}${url.pathname.endsWith('/') ? `${url.pathname}ws` : url.pathname}${url.search}`
}

export const webSocketTransports: Transports = {
  'ws:': WebSocketTransport.open,
  'wss:': WebSocketTransport.open,
  'http:': WebSocketTransport.open,
  'https:': WebSocketTransport.open,
}
