import { once } from 'node:events'
import { type ClientOptions, type RawData, WebSocket } from 'ws'

const WAIT_MS = 5_000

/** What an upgrade was refused with. */
export interface Refused {
  readonly status: number
  readonly body: { readonly code: string; readonly message: string }
}

/** A WebSocket client whose messages and close can be awaited one after the other. */
export class PeerSocket {
  readonly #socket: WebSocket
  readonly #messages: (string | Uint8Array)[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  #wake = () => {}

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: RawData, isBinary: boolean) => {
      this.#messages.push(isBinary ? new Uint8Array(data as Buffer) : data.toString())
      this.#wake()
    })
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() })
        this.#wake()
      })
    })
  }

  static async connect(url: string, protocols: string[], options: ClientOptions = {}): Promise<PeerSocket> {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options })
    const peer = new PeerSocket(socket)
    await once(socket, 'open')
    return peer
  }

  /** The close that a refused upgrade gets at once (D2). */
  static async refusedWith(url: string, protocols: string[], options: ClientOptions = {}): Promise<{ code: number; reason: string }> {
    return (await PeerSocket.connect(url, protocols, options)).closed
  }

  /** Asks for an upgrade that is refused by HTTP. */
  static async refusal(url: string, protocols: string[], options: ClientOptions = {}): Promise<Refused> {
    const socket = new WebSocket(url, protocols, options)
    return new Promise((resolve, reject) => {
      socket.once('open', () => reject(new Error('the upgrade was not refused')))
      socket.once('error', reject)
      socket.once('unexpected-response', async (_request, response) => {
        const body = (await response.toArray()).join('')
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(body) as Refused['body'] })
      })
    })
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get extensions(): string {
    return this.#socket.extensions
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  send(data: string | Uint8Array): void {
    this.#socket.send(data)
  }

  /** Reads nothing more. */
  pause(): void {
    this.#socket.pause()
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason)
  }

  /** Ends the connection without a close, as a lost network does. */
  terminate(): void {
    this.#socket.terminate()
  }

  /** The next message in order; throws if none comes in time or the socket closes first. */
  async next(): Promise<string | Uint8Array> {
    const deadline = AbortSignal.timeout(WAIT_MS)
    while (this.#messages.length === 0) {
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error('the socket closed before the message came')
      if (deadline.aborted) throw new Error('no message came')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        deadline.addEventListener('abort', () => resolve(), { once: true })
      })
    }
    return this.#messages.shift() as string | Uint8Array
  }

  async nextBytes(): Promise<Uint8Array> {
    const message = await this.next()
    if (typeof message === 'string') throw new Error(`a text message came: ${message}`)
    return message
  }
}
