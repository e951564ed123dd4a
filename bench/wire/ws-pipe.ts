import { BytePipe } from './byte-pipe.ts'
import { FIRST_BYTES, type Parse, type Pipe } from './pipe.ts'

export type WsKind = 'text' | 'binary'
const OPCODE = { text: 0x81, binary: 0x82 } as const
const PING = 0x9
const PONG = 0x8a
const CLOSE = 0x8
/** A client must mask; a mask that does not change is masked with as much work for the server. */
const MASK = [0x5a, 0xc3, 0x17, 0x99] as const
const HEAD_END = '\r\n\r\n'

export interface WsTarget {
  readonly address: string
  readonly path: string
  readonly protocols?: readonly string[]
}

/** A WebSocket with one message for each write. Knows what servers here send: whole messages, unmasked. */
export class WsPipe implements Pipe {
  readonly #bytes: BytePipe
  readonly #opcode: number
  #frame = Buffer.allocUnsafe(FIRST_BYTES)

  private constructor(bytes: BytePipe, kind: WsKind) {
    this.#bytes = bytes
    this.#opcode = OPCODE[kind]
  }

  static async open(target: WsTarget, kind: WsKind, parse: Parse): Promise<WsPipe> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let upgraded = false
    let pipe: WsPipe | undefined
    const bytes = await BytePipe.open(target.address, (chunk, start, end) => {
      let at = start
      if (!upgraded) {
        const head = chunk.toString('latin1', start, end)
        const headEnd = head.indexOf(HEAD_END)
        if (headEnd < 0) return start
        if (!head.startsWith('HTTP/1.1 101')) reject(new Error(`${target.address} answered the upgrade: ${head.split('\r\n', 1)[0]}`))
        upgraded = true
        at = start + headEnd + HEAD_END.length
        resolve()
      }
      return (pipe as WsPipe).#messages(chunk, at, end, parse)
    })
    pipe = new WsPipe(bytes, kind)
    const protocols = target.protocols ? `Sec-WebSocket-Protocol: ${target.protocols.join(', ')}\r\n` : ''
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
    bytes.write(
      Buffer.from(
        `GET ${target.path} HTTP/1.1\r\nHost: ${target.address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}${protocols}\r\n`,
      ),
    )
    await promise
    return pipe
  }

  write(bytes: Uint8Array, length = bytes.length): void {
    this.#send(this.#opcode, bytes, length)
  }

  close(): void {
    this.#bytes.close()
  }

  #messages(chunk: Buffer, start: number, end: number, parse: Parse): number {
    let at = start
    while (end - at >= 2) {
      const short = (chunk[at + 1] as number) & 127
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (end - at < head) break
      const length = short < 126 ? short : short === 126 ? chunk.readUInt16BE(at + 2) : chunk.readUInt32BE(at + 6)
      const from = at + head
      if (end - from < length) break
      const opcode = (chunk[at] as number) & 15
      if (opcode === PING) this.#send(PONG, chunk.subarray(from, from + length), length)
      else if (opcode === CLOSE) throw new Error(`the server closed a WebSocket with ${chunk.readUInt16BE(from)}`)
      else if (parse(chunk, from, from + length) !== from + length) throw new Error('a WebSocket message was not understood')
      at = from + length
    }
    return at
  }

  #send(opcode: number, bytes: Uint8Array, length: number): void {
    const head = length < 126 ? 6 : length < 0x10000 ? 8 : 14
    if (head + length > this.#frame.length) this.#frame = Buffer.allocUnsafe(2 * (head + length))
    const frame = this.#frame
    frame[0] = opcode
    if (length < 126) frame[1] = 128 | length
    else if (length < 0x10000) {
      frame[1] = 128 | 126
      frame.writeUInt16BE(length, 2)
    } else {
      frame[1] = 128 | 127
      frame.writeUInt32BE(0, 2)
      frame.writeUInt32BE(length, 6)
    }
    frame.set(MASK, head - 4)
    for (let i = 0; i < length; i++) frame[head + i] = (bytes[i] as number) ^ (MASK[i & 3] as number)
    this.#bytes.write(frame, head + length)
  }
}
