import { BytePipe } from './byte-pipe.ts'

const CR = 0x0d
const SPACE = 0x20
const DIGIT_0 = 0x30

/** A MSG as it lies in the chunk that it came in. */
export interface NatsMessage {
  readonly bytes: Buffer
  /** The subscription's number, one digit. */
  readonly sid: number
  /** Where its reply subject begins and ends; the same where it has none. */
  readonly replyStart: number
  readonly replyEnd: number
  readonly start: number
  readonly end: number
}

/** The text protocol of NATS. `message` is called for each MSG with one and the same object. */
export class NatsPipe {
  readonly #pipe: BytePipe
  /** What waits for a PONG, oldest first. */
  readonly #pongs: (() => void)[] = []

  private constructor(pipe: BytePipe) {
    this.#pipe = pipe
  }

  static async open(address: string, message: (message: NatsMessage) => void): Promise<NatsPipe> {
    const found = { bytes: Buffer.alloc(0) as Buffer, sid: 0, replyStart: 0, replyEnd: 0, start: 0, end: 0 }
    let pipe: NatsPipe | undefined
    const bytes = await BytePipe.open(address, (chunk, start, end) => {
      let at = start
      for (;;) {
        const lineEnd = chunk.indexOf(CR, at)
        if (lineEnd < 0 || lineEnd + 2 > end) return at
        const first = chunk[at]
        if (first === 0x4d /* MSG */) {
          // MSG <subject> <sid> [reply] <bytes>
          const sid = chunk.indexOf(SPACE, at + 4) + 1
          let size = 0
          let digit = lineEnd - 1
          for (let scale = 1; chunk[digit] !== SPACE; digit--, scale *= 10) size += ((chunk[digit] as number) - DIGIT_0) * scale
          const next = lineEnd + 2 + size + 2
          if (next > end) return at
          found.bytes = chunk
          found.sid = (chunk[sid] as number) - DIGIT_0
          found.replyStart = sid + 2
          found.replyEnd = Math.max(digit, sid + 2)
          found.start = lineEnd + 2
          found.end = next - 2
          message(found)
          at = next
          continue
        }
        const line = chunk.toString('latin1', at, lineEnd)
        if (line === 'PING') pipe?.write('PONG\r\n')
        else if (line === 'PONG') pipe?.ponged()
        else if (!line.startsWith('INFO') && line !== '+OK') throw new Error(`NATS says ${line}`)
        at = lineEnd + 2
      }
    })
    pipe = new NatsPipe(bytes)
    pipe.write(`CONNECT ${JSON.stringify({ verbose: false, pedantic: false, lang: 'bench', version: '1', protocol: 1 })}\r\n`)
    await pipe.synced()
    return pipe
  }

  /** Resolves when the server has taken in all that was written before. */
  synced(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ping(resolve)
    return promise
  }

  ping(pong: () => void): void {
    this.#pongs.push(pong)
    this.write('PING\r\n')
  }

  private ponged(): void {
    this.#pongs.shift()?.()
  }

  write(protocol: string): void {
    this.#pipe.write(Buffer.from(protocol, 'latin1'))
  }

  writeBytes(bytes: Uint8Array, length = bytes.length): void {
    this.#pipe.write(bytes, length)
  }

  close(): void {
    this.#pipe.close()
  }
}

/** A PUB whose content is put in anew for each message. */
export class Publication {
  readonly subject: string
  readonly #bytes: Buffer
  readonly #at: number

  constructor(subject: string, reply: string, contentBytes: number) {
    this.subject = subject
    const head = `PUB ${subject} ${reply} ${contentBytes}\r\n`
    this.#bytes = Buffer.from(`${head}${' '.repeat(contentBytes)}\r\n`, 'latin1')
    this.#at = head.length
  }

  with(content: Uint8Array): Buffer {
    this.#bytes.set(content, this.#at)
    return this.#bytes
  }
}
