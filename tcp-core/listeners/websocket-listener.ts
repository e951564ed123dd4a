import { once } from 'node:events'
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { AddressInfo, BlockList } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { CODES } from '../../shared/codes.ts'
import { forwardedAddress } from '../../shared/ip-networks.ts'
import { parseSubprotocols, SUBPROTOCOL } from '../../shared/subprotocol.ts'
import type { Entry, Refusal } from '../limits/gate.ts'
import { contains, plainAddress } from '../limits/ip-address.ts'
import { closeReason } from '../transports/close-reason.ts'
import { WebSocketTransport } from '../transports/websocket-transport.ts'
import { BACKLOG, type Door, hostPort, type Reception } from './door.ts'

/** How often connections past their time for an upgrade are looked for; Node's own 30 s would be the least that one has. */
const SWEEP_MS = 1000
/** Connections that are refused and may still send their upgrade, to be told by a close why; others are told by HTTP. */
const MAX_REFUSED = 256
/** The time that those have, also for answering the close. */
const REFUSED_MS = 2000

export interface WebSocketListenerOptions {
  readonly host: string
  readonly port: number
  readonly maxFrameBytes: number
  readonly allowedOrigins: readonly string[]
  readonly loginTimeoutMs: number
  /** Proxies whose X-Forwarded-For says whose connection it is. */
  readonly proxyFrom: BlockList
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
  /** What the gate said of each connection. A proxy's is asked about when its upgrade says whose it is. */
  const places = new WeakMap<Duplex, Place>()
  let refused = 0
  const enter = (socket: Duplex, address: string): Place => {
    const entry = reception.enter(address)
    const place = { address, entry }
    places.set(socket, place)
    if ('code' in entry) return place
    socket.once('close', () => entry.leave())
    // It may have died before anybody listened.
    if (socket.destroyed) entry.leave()
    return place
  }
  server.on('connection', (socket) => {
    const peer = plainAddress(socket.remoteAddress)
    if (contains(options.proxyFrom, peer)) return
    const { entry } = enter(socket, peer)
    if (!('code' in entry)) return
    if (refused >= MAX_REFUSED) return answer(socket, statusOf(entry))
    refused++
    const timer = setTimeout(() => socket.destroy(), REFUSED_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      refused--
    })
  })
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuse(request, options.allowedOrigins)
    if (refusal) return answer(socket, refusal)
    const peer = plainAddress(request.socket.remoteAddress)
    const place = places.get(socket) ?? enter(socket, forwarded(peer, request, options.proxyFrom))
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      // D2: a page cannot see the HTTP status of an upgrade, but the code of a close.
      if ('code' in place.entry) closeRefused(webSocket, place.entry)
      else reception.accept(new WebSocketTransport(webSocket, place.address), place.entry)
    })
  })
  server.listen({ port: options.port, host: options.host, backlog: BACKLOG })
  await once(server, 'listening')
  return {
    address: hostPort(server.address() as AddressInfo),
    stop: () => void server.close(),
  }
}

interface Place {
  readonly address: string
  readonly entry: Entry | Refusal
}

/** Whose connection a proxy has passed on. */
function forwarded(peer: string, { headers }: IncomingMessage, proxyFrom: BlockList): string {
  const header = headers['x-forwarded-for']
  return forwardedAddress(peer, Array.isArray(header) ? header.join() : header, (address) => contains(proxyFrom, address))
}

function closeRefused(webSocket: WebSocket, { code, reason }: Refusal): void {
  webSocket.on('error', () => {})
  webSocket.close(CODES[code].close, closeReason(reason))
  setTimeout(() => webSocket.terminate(), REFUSED_MS).unref()
}

function statusOf({ code, reason }: Refusal): { status: number; why: string } {
  return { status: code === 'denied' ? 403 : 429, why: `${CODES[code].close} ${reason}` }
}

/** D1, and the Origin check that keeps a foreign page from using its visitor's network (D2): it learns by a status that it cannot see. */
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
