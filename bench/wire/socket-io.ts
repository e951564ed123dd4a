import type { Wire, WireClient, WireHandler } from './wire.ts'
import { WsPipe } from './ws-pipe.ts'

/** First bytes of Engine.IO packets, and of the Socket.IO packets in its messages. */
const PING = 0x32
const MESSAGE = 0x34
const CONNECT = 0x30
const EVENT = 0x32
const ACK = 0x33
const OPEN_BRACKET = 0x5b
const COMMA = 0x2c

class SocketIoClient implements WireClient {
  readonly #pipe: WsPipe
  #id = 0
  #joined: (() => void) | undefined
  #packet = Buffer.alloc(0)

  constructor(pipe: WsPipe) {
    this.#pipe = pipe
  }

  send(to: string, content: Uint8Array): void {
    this.#emit(`42${this.#id++}["m","${to}","`, content)
  }

  async found(): Promise<void> {}

  join(group: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#joined = resolve
    this.#pipe.write(Buffer.from(`42${this.#id++}["join","${group}"]`))
    return promise
  }

  publish(group: string, content: Uint8Array): void {
    this.#emit(`42${this.#id++}["g","${group}","`, content)
  }

  /** An acknowledgement may be that of `join`. */
  acknowledged(): boolean {
    if (!this.#joined) return true
    this.#joined()
    this.#joined = undefined
    return false
  }

  /** The server pings, the client answers. */
  heartbeat(): void {}

  close(): void {
    this.#pipe.close()
  }

  #emit(head: string, content: Uint8Array): void {
    const length = head.length + content.length + 2
    if (this.#packet.length < length) this.#packet = Buffer.alloc(length + 16)
    this.#packet.write(head, 0, 'latin1')
    this.#packet.set(content, head.length)
    this.#packet.write('"]', length - 2, 'latin1')
    this.#pipe.write(this.#packet, length)
  }
}

/** Text packets on the WebSocket transport; an event's last argument is its content. */
export const socketIo: Wire = {
  async open({ address }, user, handler: WireHandler) {
    const { promise, resolve } = Promise.withResolvers<void>()
    let pipe: WsPipe | undefined
    let client: SocketIoClient | undefined
    const opened = await WsPipe.open({ address, path: '/socket.io/?EIO=4&transport=websocket' }, 'text', (bytes, start, end) => {
      if (bytes[start] === PING) pipe?.write(Buffer.from('3'))
      else if (bytes[start] === MESSAGE) {
        const type = bytes[start + 1]
        if (type === CONNECT) resolve()
        else if (type === ACK) {
          if (client?.acknowledged()) handler.acked(1)
        } else if (type === EVENT) {
          // 42<id>["m","<content>"] is answered 43<id>[]
          const list = bytes.indexOf(OPEN_BRACKET, start)
          handler.delivered(bytes, bytes.indexOf(COMMA, list) + 2)
          if (list > start + 2) pipe?.write(Buffer.from(`43${bytes.toString('latin1', start + 2, list)}[]`, 'latin1'))
        } else throw new Error(`Socket.IO packet ${bytes.toString('latin1', start, end)}`)
      }
      return end
    })
    pipe = opened
    opened.write(Buffer.from(`40${JSON.stringify({ user })}`))
    await promise
    client = new SocketIoClient(opened)
    return client
  },
}
