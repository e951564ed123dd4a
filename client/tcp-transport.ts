import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Command } from '../shared/commands.ts'
import { encodeFrame } from '../shared/frame.ts'
import { connectionLost } from './closed-reason.ts'
import type { Transport, TransportHandlers, Transports } from './transport.ts'

const DEFAULT_PORT = 7400
/** How long a closing socket may take to hand over what is left. */
const LINGER_MS = 2_000
const PING = encodeFrame(Command.PING, 0, {})

/** Frames on a byte stream: `tcp://host:port` or `tls://host:port`, for Node. */
export class TcpTransport implements Transport {
  readonly maxHeartbeatMs = Number.POSITIVE_INFINITY
  readonly #socket: Socket
  #closed = false

  static open(url: URL, _token: string, handlers: TransportHandlers): Transport {
    return new TcpTransport(url, handlers)
  }

  constructor(url: URL, handlers: TransportHandlers) {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const port = url.port === '' ? DEFAULT_PORT : Number(url.port)
    const socket =
      url.protocol === 'tls:'
        ? connectTls({ host, port, servername: isIP(host) ? '' : host, ALPNProtocols: ['hawser'] })
        : connectTcp({ host, port })
    let failure = 'the connection ended'
    socket.setNoDelay(true)
    socket.on(url.protocol === 'tls:' ? 'secureConnect' : 'connect', () => {
      if (!this.#closed) handlers.onOpen()
    })
    socket.on('data', (chunk: Uint8Array) => {
      if (!this.#closed) handlers.onBytes(chunk)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure = error.message || error.code || failure
    })
    socket.on('close', () => {
      if (!this.#closed) handlers.onClose(connectionLost(failure))
    })
    this.#socket = socket
  }

  send(frames: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(frames)
  }

  ping(): void {
    this.send(PING)
  }

  close(): void {
    this.#closed = true
    this.#socket.destroySoon()
    this.#socket.setTimeout(LINGER_MS, () => this.#socket.destroy())
  }
}

export const tcpTransports: Transports = { 'tcp:': TcpTransport.open, 'tls:': TcpTransport.open }
