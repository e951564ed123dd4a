import { once } from 'node:events'
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { CODES } from '../../shared/codes.ts'
import { parseSubprotocols, SUBPROTOCOL } from '../../shared/subprotocol.ts'
import type { Entry } from '../limits/gate.ts'
import { plainAddress } from '../limits/ip-address.ts'
import { WebSocketTransport } from '../transports/websocket-transport.ts'
import { BACKLOG, type Door, hostPort, type Reception } from './door.ts'

/** How often connections past their time for an upgrade are looked for; Node's own 30 s would be the least that one has. */
const SWEEP_MS = 1000

export interface WebSocketListenerOptions {
  readonly host: string
  readonly port: number
  readonly maxFrameBytes: number
  readonly allowedOrigins: readonly string[]
  readonly loginTimeoutMs: number
}

/** The core's own WebSocket door. Rejects with the system's error if the address cannot be had. */
export async function listenWebSocket(options: WebSocketListenerOptions, reception: Reception): Promise<Door> {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // The transport answers pings, and counts them.
    autoPong: false,
    // A message may hold several frames, but one that is longer than a frame may be is cut off with 1009 before it is buffered.
    maxPayload: options.maxFrameBytes + 4,
    handleProtocols: () => SUBPROTOCOL,
  })
  const { loginTimeoutMs } = options
  const timeouts = { headersTimeout: loginTimeoutMs, requestTimeout: loginTimeoutMs, connectionsCheckingInterval: SWEEP_MS }
  const server = createServer(timeouts, (_request, response) => {
    // Whoever only asks again and again would keep a place among those that wait for their LOGIN.
    response.writeHead(426, { 'content-type': 'text/plain', connection: 'close', upgrade: 'websocket' }).end('This is a WebSocket door.\n')
  })
  const entries = new WeakMap<Duplex, Entry>()
  server.on('connection', (socket) => {
    const entry = reception.enter(plainAddress(socket.remoteAddress))
    if ('code' in entry)
      return answer(socket, { status: entry.code === 'denied' ? 403 : 429, why: `${CODES[entry.code].close} ${entry.reason}` })
    entries.set(socket, entry)
    socket.once('close', () => entry.leave())
  })
  server.on('upgrade', (request, socket, head) => {
    const entry = entries.get(socket)
    const refusal = refuse(request, options.allowedOrigins)
    if (!entry || refusal) return answer(socket, refusal ?? { status: 429, why: 'The connection was refused.' })
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      reception.accept(new WebSocketTransport(webSocket, plainAddress(request.socket.remoteAddress)), entry)
    })
  })
  server.listen({ port: options.port, host: options.host, backlog: BACKLOG })
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
  // Not left to the peer, which may keep its side open for ever.
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
