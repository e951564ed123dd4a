import { subprotocolsFor } from '../../shared/subprotocol.ts'
import { BytePipe } from './byte-pipe.ts'
import { hawserToken } from './hawser-token.ts'
import type { Parse, Pipe } from './pipe.ts'
import type { Target, Wire, WireClient, WireHandler } from './wire.ts'
import { WsPipe } from './ws-pipe.ts'

/**
 * The protocol of the bare relays: u32 length of what follows, u32 receiver, u32 sender, u32
 * id, content. Without content a frame is an acknowledgement, or says who its sender is.
 */
const HEADER_BYTES = 16
const LOGIN = 0
const CLIENT_ACK = 0xffffffff
/** All users but the sender. */
const EVERYBODY = 0xfffffffe

/** A user's number on the wire; 0 is nobody. */
export const relayNumber = (user: string): number => {
  const number = Number(/\d+$/.exec(user)?.[0])
  return 1 + 2 * number + (user.startsWith('s') ? 0 : 1)
}

class RelayClient implements WireClient {
  readonly #pipe: Pipe
  readonly #self: number
  readonly #frame = Buffer.alloc(HEADER_BYTES)
  #message = Buffer.alloc(0)
  #to = LOGIN
  #id = 0

  constructor(pipe: Pipe, user: string) {
    this.#pipe = pipe
    this.#self = relayNumber(user)
    this.#frame.writeUInt32BE(HEADER_BYTES - 4, 0)
    this.#frame.writeUInt32BE(this.#self, 8)
    this.#say(LOGIN)
  }

  send(to: string, content: Uint8Array): void {
    this.#send(relayNumber(to), content)
  }

  async found(): Promise<void> {}

  async join(): Promise<void> {}

  publish(_group: string, content: Uint8Array): void {
    this.#send(EVERYBODY, content)
  }

  /** One for all that came at once: it is cumulative. */
  acknowledge(): void {
    this.#say(CLIENT_ACK)
  }

  heartbeat(): void {
    this.#say(LOGIN)
  }

  close(): void {
    this.#pipe.close()
  }

  #send(to: number, content: Uint8Array): void {
    if (to !== this.#to) {
      this.#to = to
      this.#message = Buffer.alloc(HEADER_BYTES + content.length)
      this.#message.writeUInt32BE(this.#message.length - 4, 0)
      this.#message.writeUInt32BE(to, 4)
      this.#message.writeUInt32BE(this.#self, 8)
    }
    this.#message.writeUInt32BE(++this.#id, 12)
    this.#message.set(content, HEADER_BYTES)
    this.#pipe.write(this.#message)
  }

  #say(what: number): void {
    this.#frame.writeUInt32BE(what, 4)
    this.#pipe.write(this.#frame)
  }
}

async function openRelay(connect: (parse: Parse) => Promise<Pipe>, user: string, handler: WireHandler): Promise<WireClient> {
  let client: RelayClient | undefined
  const pipe = await connect((bytes, start, end) => {
    let at = start
    let delivered = false
    while (end - at >= 4) {
      const next = at + 4 + bytes.readUInt32BE(at)
      if (next > end) break
      if (next - at === HEADER_BYTES) handler.acked(1)
      else {
        handler.delivered(bytes, at + HEADER_BYTES)
        delivered = true
      }
      at = next
    }
    if (delivered) client?.acknowledge()
    return at
  })
  client = new RelayClient(pipe, user)
  return client
}

export const relay: Wire = {
  open: ({ address }: Target, user, handler) => openRelay((parse) => BytePipe.open(address, parse), user, handler),
}

/** A path, and a token in the upgrade, are those of an edge. */
export const wsRelay: Wire = {
  open({ address, settings: { path = '/', keyFile } }: Target, user, handler) {
    const protocols = keyFile === undefined ? {} : { protocols: subprotocolsFor(hawserToken(keyFile, user)) }
    return openRelay((parse) => WsPipe.open({ address, path, ...protocols }, 'binary', parse), user, handler)
  },
}
