import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls'

export const ALPN_PROTOCOL = 'hawser'

export interface TlsFiles {
  /** PEM files. */
  readonly cert: string
  readonly key: string
  /** Authorities whose client certificates are required; '' for none. */
  readonly clientCa: string
}

/**
 * Does the TLS handshake on sockets that are accepted already, so that lists and PROXY
 * headers come before it. TLS 1.2 or newer; a client that offers ALPN must offer `hawser`.
 */
export class TlsGate {
  readonly #files: TlsFiles
  readonly #server: Server
  /** Handshakes under way, by the peer's address and port. */
  readonly #waiting = new Map<string, { resolve: (socket: TLSSocket) => void; reject: (error: Error) => void }>()

  /** Throws if a file is missing or is no certificate or key. */
  constructor(files: TlsFiles, handshakeTimeout: number) {
    this.#files = files
    this.#server = createServer({
      ...readFiles(files),
      minVersion: 'TLSv1.2',
      ALPNProtocols: [ALPN_PROTOCOL],
      requestCert: files.clientCa !== '',
      rejectUnauthorized: files.clientCa !== '',
      handshakeTimeout,
      pauseOnConnect: true,
    })
    this.#server.on('secureConnection', (socket: TLSSocket) => this.#take(socket)?.resolve(socket))
    this.#server.on('tlsClientError', (error, socket) => this.#take(socket)?.reject(error))
  }

  /** Reads the files again; new handshakes use them, sessions that stand go on. Throws and changes nothing if they are not right. */
  reload(): void {
    this.#server.setSecureContext({ ...readFiles(this.#files), minVersion: 'TLSv1.2' })
  }

  handshake(socket: Socket): Promise<TLSSocket> {
    const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
    const peer = peerOf(socket)
    this.#waiting.set(peer, { resolve, reject })
    socket.once('close', () => this.#waiting.get(peer)?.reject(new Error('closed in the handshake')))
    // It reads what came with a PROXY header out of the socket; a `resume` here would have that lost.
    this.#server.emit('connection', socket)
    return promise.finally(() => this.#waiting.delete(peer))
  }

  #take(socket: Socket) {
    return this.#waiting.get(peerOf(socket))
  }
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress}|${socket.remotePort}`
}

function readFiles(files: TlsFiles): SecureContextOptions {
  const pem = { cert: readFileSync(files.cert), key: readFileSync(files.key) }
  return files.clientCa === '' ? pem : { ...pem, ca: readFileSync(files.clientCa) }
}
