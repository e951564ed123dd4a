import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { subprotocolsFor } from '../../shared/subprotocol.ts'

/** H2 */
const PING_MS = 20_000

/** A connection of the attacker: bytes in and out, by whatever door. */
export interface Line {
  /** Bytes that it has not got rid of. */
  readonly waiting: number
  write(bytes: Uint8Array): void
}

export interface LineEvents {
  opened(line: Line): void
  heard(chunk: Uint8Array): void
  closed(): void
}

/** `address` is host:port of the TCP door, or the URL of a WebSocket. */
export function openLine(address: string, token: string, events: LineEvents): void {
  if (address.startsWith('ws')) openWebSocket(address, token, events)
  else openStream(address, events)
}

function openStream(address: string, events: LineEvents): void {
  const [host = '', port = ''] = address.split(':')
  const socket = connect({ host, port: Number(port), noDelay: true })
  const line: Line = {
    get waiting() {
      return socket.writableLength
    },
    write: (bytes) => void socket.write(bytes),
  }
  socket.on('error', () => {})
  socket.on('close', () => events.closed())
  socket.on('data', (chunk: Buffer) => events.heard(chunk))
  socket.on('connect', () => events.opened(line))
}

function openWebSocket(url: string, token: string, events: LineEvents): void {
  const socket = new WebSocket(url, subprotocolsFor(token), { perMessageDeflate: false })
  const line: Line = {
    get waiting() {
      return socket.bufferedAmount
    },
    write: (bytes) => socket.send(bytes),
  }
  const heartbeat = setInterval(() => socket.send('ping'), PING_MS)
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(heartbeat)
    events.closed()
  })
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) events.heard(data)
  })
  socket.on('open', () => events.opened(line))
}
