/** What both bridges pass browsers' messages to. */
const HEADER_BYTES = 16
const LOGIN = 0
const EVERYBODY = 0xfffffffe

/**
 * The bare relay behind a bridge: it learns the bridge's number of each browser's user, passes
 * messages on and acknowledges them. See wire/relay.ts for its frames.
 */
export class BridgeBackend {
  readonly #numbers = new Map<number, number>()
  readonly #send: (number: number, frame: Uint8Array) => void

  constructor(send: (number: number, frame: Uint8Array) => void) {
    this.#send = send
  }

  received(number: number, frame: Uint8Array): void {
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
    const to = bytes.readUInt32BE(4)
    if (bytes.length === HEADER_BYTES) {
      if (to === LOGIN) this.#numbers.set(bytes.readUInt32BE(8), number)
      return
    }
    if (to === EVERYBODY) {
      for (const other of this.#numbers.values()) if (other !== number) this.#send(other, frame)
    } else {
      const receiver = this.#numbers.get(to)
      if (receiver !== undefined) this.#send(receiver, frame)
    }
    const ack = Buffer.allocUnsafe(HEADER_BYTES)
    ack.writeUInt32BE(HEADER_BYTES - 4, 0)
    bytes.copy(ack, 4, 4, HEADER_BYTES)
    this.#send(number, ack)
  }
}
