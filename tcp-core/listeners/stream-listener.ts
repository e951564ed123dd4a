import { once } from 'node:events'
import { type AddressInfo, type BlockList, createServer, type Socket } from 'node:net'
import { contains, plainAddress } from '../limits/ip-address.ts'
import { StreamTransport } from '../transports/stream-transport.ts'
import { BACKLOG, type Door, hostPort, type Reception } from './door.ts'
import { ProxyHeaderError, readProxyHeader } from './proxy-protocol.ts'
import type { TlsGate } from './tls-gate.ts'

export interface StreamListenerOptions {
  readonly host: string
  readonly port: number
  /** Balancers that put a PROXY header before the client's bytes. */
  readonly proxyFrom: BlockList
  readonly loginTimeoutMs: number
  /** Makes it the TLS door. */
  readonly tls?: TlsGate
}

/** The TCP door, or the TLS door. Rejects with the system's error if the address cannot be had. */
export async function listenStream(options: StreamListenerOptions, reception: Reception): Promise<Door> {
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    // What fails here is the peer's: a PROXY header that is none, or a handshake that came to nothing.
    receive(socket, options, reception).catch((error: unknown) => {
      socket.destroy()
      reception.failed(error instanceof ProxyHeaderError ? 'proxy' : 'tls')
    })
  })
  server.listen({ port: options.port, host: options.host, backlog: BACKLOG })
  await once(server, 'listening')
  return {
    address: hostPort(server.address() as AddressInfo),
    stop: () => void server.close(),
  }
}

async function receive(socket: Socket, options: StreamListenerOptions, reception: Reception): Promise<void> {
  const peer = plainAddress(socket.remoteAddress)
  const address = contains(options.proxyFrom, peer) ? await readProxyHeader(socket, options.loginTimeoutMs) : peer
  // Its `close` may have been already; nobody would hear of another.
  if (socket.destroyed) throw new ProxyHeaderError('the connection ended behind the PROXY header')
  const entry = reception.enter(address)
  if ('code' in entry) {
    // A TLS client could not read a CLOSE before its handshake.
    if (options.tls) socket.destroy()
    else new StreamTransport(socket, 'tcp', address).refuse(entry)
    return
  }
  try {
    const [stream, kind] = options.tls ? ([await options.tls.handshake(socket), 'tls'] as const) : ([socket, 'tcp'] as const)
    if (stream.destroyed) throw new Error('closed before it was accepted')
    reception.accept(new StreamTransport(stream, kind, address), entry)
  } catch (error) {
    entry.leave()
    throw error
  }
}
