import { connect, type Socket } from 'node:net'
import { tick } from './clock.ts'
import { FIRST_BYTES, type Parse, type Pipe } from './pipe.ts'

/** All sockets read into one buffer: it is parsed, and what is left over copied, before the next one reads. */
const arriving = Buffer.allocUnsafe(64 * 1024)

/**
 * A TCP connection. What is written in one turn of the event loop goes out as one write, as
 * any good client library does it.
 */
export class BytePipe implements Pipe {
  readonly #socket: Socket
  readonly #parse: Parse
  #out = Buffer.allocUnsafe(FIRST_BYTES)
  #outLength = 0
  #rest: Buffer | undefined
  #closing = false
  readonly #flush = (): void => {
    const length = this.#outLength
    this.#outLength = 0
    if (length === 0 || this.#closing) return
    this.#socket.write(this.#out.subarray(0, length))
    // What the kernel has not taken in at once is still read from.
    if (this.#socket.writableLength > 0) this.#out = Buffer.allocUnsafe(this.#out.length)
  }

  private constructor(socket: Socket, parse: Parse) {
    this.#socket = socket
    this.#parse = parse
  }

  /** Connects to host:port. A connection that ends by itself ends the load: nothing it measured would mean anything. */
  static open(address: string, parse: Parse): Promise<BytePipe> {
    const { promise, resolve, reject } = Promise.withResolvers<BytePipe>()
    const [host = '', port = ''] = address.split(':')
    const socket = connect({
      host,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: arriving,
        callback: (length) => {
          opened.#received(length)
          return true
        },
      },
    })
    const opened = new BytePipe(socket, parse)
    socket.once('connect', () => resolve(opened))
    socket.once('error', reject)
    socket.once('close', () => {
      if (opened.#closing) return
      reject(new Error(`${address} closed a connection`))
      process.nextTick(() => {
        throw new Error(`${address} closed a connection`)
      })
    })
    return promise
  }

  write(bytes: Uint8Array, length = bytes.length): void {
    const at = this.#outLength
    if (at === 0) process.nextTick(this.#flush)
    if (at + length > this.#out.length) {
      const grown = Buffer.allocUnsafe(2 * (at + length))
      this.#out.copy(grown, 0, 0, at)
      this.#out = grown
    }
    this.#out.set(length === bytes.length ? bytes : bytes.subarray(0, length), at)
    this.#outLength = at + length
  }

  /** Closes once all is written. */
  end(): void {
    process.nextTick(() => {
      this.#closing = true
      this.#socket.end()
    })
  }

  close(): void {
    this.#closing = true
    this.#socket.destroy()
  }

  #received(length: number): void {
    tick()
    const rest = this.#rest
    const bytes = rest ? Buffer.concat([rest, arriving.subarray(0, length)]) : arriving
    const end = rest ? bytes.length : length
    const done = this.#parse(bytes, 0, end)
    this.#rest = done < end ? Buffer.from(bytes.subarray(done, end)) : undefined
  }
}
