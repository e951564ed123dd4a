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

/** Node keeps here the socket that a TLSSocket was made of; it has no other, documented way to tell. */
type WrappingSocket = TLSSocket & { readonly _parent?: Socket }

/**
 * Does the TLS handshake on sockets that are accepted already, so that lists and PROXY
 * headers come before it. TLS 1.2 or newer; a client that offers ALPN must offer `hawser`.
 */
export class TlsGate {
  readonly #files: TlsFiles
  readonly #server: Server
  /** Handshakes under way, by the socket that was accepted: an address and a port may come twice at once, to two addresses of this machine. */
  readonly #waiting = new WeakMap<Socket, PromiseWithResolvers<TLSSocket>>()

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
    this.#server.on('secureConnection', (socket: TLSSocket) => this.#handshakeOf(socket)?.resolve(socket))
    this.#server.on('tlsClientError', (error, socket) => this.#handshakeOf(socket)?.reject(error))
  }

  /** Reads the files again; new handshakes use them, sessions that stand go on. Throws and changes nothing if they are not right. */
  reload(): void {
    this.#server.setSecureContext({ ...readFiles(this.#files), minVersion: 'TLSv1.2' })
  }

  handshake(socket: Socket): Promise<TLSSocket> {
    const handshake = Promise.withResolvers<TLSSocket>()
    this.#waiting.set(socket, handshake)
    socket.once('close', () => handshake.reject(new Error('closed in the handshake')))
    // It reads what came with a PROXY header out of the socket; a `resume` here would have that lost.
    this.#server.emit('connection', socket)
    return handshake.promise
  }

  #handshakeOf({ _parent }: WrappingSocket): PromiseWithResolvers<TLSSocket> | undefined {
    return _parent && this.#waiting.get(_parent)
  }
}

function readFiles(files: TlsFiles): SecureContextOptions {
  const pem = { cert: readFileSync(files.cert), key: readFileSync(files.key) }
  return files.clientCa === '' ? pem : { ...pem, ca: readFileSync(files.clientCa) }
}
