import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { WebSocket } from 'ws'
import { type BodyOf, Command, commandName } from '../../shared/commands.ts'
import { decodeBody, encodeFrame, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { DeviceClass, Intent, type Login } from '../../shared/gen/hawser.ts'
import { SUBPROTOCOL, subprotocolsFor } from '../../shared/subprotocol.ts'

const WAIT_MS = 10_000

/** A close as the peer saw it, by CLOSE frame or WebSocket close frame; 0 where the connection just ended. */
export interface SeenClose {
  readonly code: number
  readonly reason: string
}

/**
 * A client of bare frames over any door, for tests that say exactly what goes over the
 * wire. Not the SDK: it does nothing by itself.
 */
export class WirePeer {
  readonly closed: Promise<SeenClose>
  readonly frames: Frame[] = []
  readonly #sendBytes: (bytes: Uint8Array | string) => void
  readonly #endSocket: () => void
  readonly #waiting: { matches: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = []
  readonly #decoder = new FrameDecoder(64 * 1024 * 1024)
  #close: SeenClose | undefined
  #resolveClosed: (close: SeenClose) => void = () => {}

  private constructor(sendBytes: (bytes: Uint8Array | string) => void, endSocket: () => void) {
    this.#sendBytes = sendBytes
    this.#endSocket = endSocket
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
  }

  static async tcp(address: string): Promise<WirePeer> {
    const [host, port] = address.split(':')
    const socket = connect({ host: host as string, port: Number(port), noDelay: true })
    await once(socket, 'connect')
    return WirePeer.over(socket)
  }

  static async tls(address: string, options: ConnectionOptions): Promise<WirePeer> {
    const [host, port] = address.split(':')
    const socket = connectTls({ host: host as string, port: Number(port), ALPNProtocols: ['hawser'], ...options })
    await once(socket, 'secureConnect')
    return WirePeer.over(socket)
  }

  /** A peer over a byte stream that is connected, plain or TLS. */
  static over(socket: Socket): WirePeer {
    const peer = new WirePeer(
      (bytes) => socket.write(bytes),
      () => socket.destroy(),
    )
    socket.on('data', (chunk: Buffer) => peer.#received(chunk))
    socket.on('error', () => {})
    socket.on('close', () => peer.#ended({ code: 0, reason: '' }))
    return peer
  }

  /** `token` goes into the upgrade, as the edge wants it. */
  static async ws(
    url: string,
    options: { token?: string; headers?: Record<string, string>; localAddress?: string } = {},
  ): Promise<WirePeer> {
    const protocols = options.token === undefined ? [SUBPROTOCOL] : subprotocolsFor(options.token)
    const socket = new WebSocket(url, protocols, {
      headers: options.headers ?? {},
      perMessageDeflate: false,
      ...(options.localAddress !== undefined && { localAddress: options.localAddress }),
    })
    const peer = new WirePeer(
      (bytes) => socket.send(bytes),
      () => socket.terminate(),
    )
    socket.on('message', (data, binary) => {
      if (binary) peer.#received(data as Buffer)
    })
    socket.on('close', (code, reason) => peer.#ended({ code: code === 1006 ? 0 : code, reason: reason.toString() }))
    await once(socket, 'open')
    socket.on('error', () => {})
    return peer
  }

  bytes(bytes: Uint8Array): void {
    this.#sendBytes(bytes)
  }

  /** A text message of a WebSocket. */
  text(text: string): void {
    this.#sendBytes(text)
  }

  send<C extends Command>(command: C, requestId: number, body: BodyOf<C>): void {
    this.bytes(encodeFrame(command, requestId, body))
  }

  /** Sends a request and awaits the frame with its id. */
  async ask<C extends Command>(command: C, requestId: number, body: BodyOf<C>): Promise<Frame> {
    const answer = this.next((frame) => frame.requestId === requestId)
    this.send(command, requestId, body)
    return answer
  }

  async login(token: string, fields: Partial<Login> = {}): Promise<BodyOf<typeof Command.LOGIN_ACK>> {
    const login: Login = {
      token,
      deviceId: 'device',
      deviceClass: DeviceClass.PHONE,
      instanceId: '',
      intent: Intent.PERSON,
      generation: 0,
      client: 'test',
      ticket: '',
      ...fields,
    }
    const answer = await this.ask(Command.LOGIN, 1, login)
    if (answer.command !== Command.LOGIN_ACK) throw new Error(`LOGIN was answered by ${commandName(answer.command)}`)
    return decodeBody(Command.LOGIN_ACK, answer.body)
  }

  /** The next frame that matches, also one that has come already; rejects if the connection ends first. */
  next(matches: (frame: Frame) => boolean): Promise<Frame> {
    const at = this.frames.findIndex(matches)
    if (at >= 0) return Promise.resolve(this.frames.splice(at, 1)[0] as Frame)
    const { promise, resolve, reject } = Promise.withResolvers<Frame>()
    this.#waiting.push({ matches, resolve })
    const timer = setTimeout(() => reject(new Error(`no such frame in ${WAIT_MS} ms`)), WAIT_MS)
    this.closed.then((close) => reject(new Error(`closed with ${close.code} ${close.reason}`))).catch(() => {})
    return promise.finally(() => clearTimeout(timer))
  }

  async nextOf<C extends Command>(command: C): Promise<BodyOf<C>> {
    return decodeBody(command, (await this.next((frame) => frame.command === command)).body)
  }

  /** Ends the connection without a word. */
  end(): void {
    this.#endSocket()
  }

  #received(chunk: Uint8Array): void {
    this.#decoder.push(chunk, (frame) => {
      if (frame.command === Command.CLOSE) this.#close = decodeBody(Command.CLOSE, frame.body)
      const at = this.#waiting.findIndex((waiting) => waiting.matches(frame))
      if (at >= 0) this.#waiting.splice(at, 1)[0]?.resolve(frame)
      else this.frames.push(frame)
      return true
    })
  }

  #ended(close: SeenClose): void {
    this.#resolveClosed(this.#close ?? close)
  }
}
