import { once } from 'node:events'
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { parseSubprotocols, SUBPROTOCOL } from '../../shared/subprotocol.ts'
import { WebSocketTransport } from '../transports/websocket-transport.ts'
import { type Accept, type Door, hostPort, plainAddress } from './door.ts'

export interface WebSocketListenerOptions {
  readonly host: string
  readonly port: number
  readonly maxFrameBytes: number
  readonly allowedOrigins: readonly string[]
}

/** The core's own WebSocket door. Rejects with the system's error if the address cannot be had. */
export async function listenWebSocket(options: WebSocketListenerOptions, accept: Accept): Promise<Door> {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // A message may hold several frames, but one that is longer than a frame may be is cut off with 1009 before it is buffered.
    maxPayload: options.maxFrameBytes + 4,
    handleProtocols: () => SUBPROTOCOL,
  })
  const server = createServer((_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' }).end('This is a WebSocket door.\n')
  })
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuse(request, options.allowedOrigins)
    if (refusal) return answer(socket, refusal)
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      accept(new WebSocketTransport(webSocket, plainAddress(request.socket.remoteAddress)))
    })
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return {
    address: hostPort(server.address() as AddressInfo),
    stop: () => void server.close(),
  }
}

/** D1, and the Origin check that keeps a foreign page from using its visitor's network. */
function refuse(request: IncomingMessage, allowedOrigins: readonly string[]): { status: number; why: string } | undefined {
  if (request.url?.split('?')[0] !== '/ws') return { status: 404, why: 'The WebSocket is at /ws.' }
  const { origin, host } = request.headers
  if (origin !== undefined && !allowedOrigins.includes(origin) && URL.parse(origin)?.host !== host) {
    return { status: 403, why: `The origin ${origin} is not in HAWSER_ALLOWED_ORIGINS.` }
  }
  if (!parseSubprotocols(request.headers['sec-websocket-protocol']).offered) {
    return { status: 400, why: `The subprotocol ${SUBPROTOCOL} is required.` }
  }
  return undefined
}

function answer(socket: Duplex, { status, why }: { status: number; why: string }): void {
  const body = `${why}\n`
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
