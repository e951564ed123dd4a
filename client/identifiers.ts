import type { Clock } from './clock.ts'

const COUNTER_LIMIT = 0x1000

/** A random id of 32 hex digits. (`crypto.randomUUID` is missing on pages served by plain HTTP.) */
export function randomId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)))
}

/**
 * Makes the `client_message_id` of each send (N4): a UUIDv7, whose order is that of making.
 * Ids that lie near each other in time lie near each other in the server's index.
 */
export class MessageIds {
  readonly #clock: Clock
  #time = 0
  #counter = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  next(): string {
    const now = this.#clock.now()
    if (now > this.#time) {
      this.#time = now
      this.#counter = 0
    } else if (++this.#counter === COUNTER_LIMIT) {
      this.#time++
      this.#counter = 0
    }
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    const view = new DataView(bytes.buffer)
    view.setUint16(0, Math.floor(this.#time / 2 ** 32))
    view.setUint32(2, this.#time % 2 ** 32)
    view.setUint16(6, 0x7000 | this.#counter)
    view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f))
    const digits = hex(bytes)
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
  }
}

/** The request id of a LOGIN that renews the session (L7); no other request has it. */
export const RENEWAL_ID = 0xffffffff

/** Numbers requests over the whole life of a client, so that an answer can never be taken for another's. */
export class RequestIds {
  #last = 0

  /** 1 to 2^32 - 2; 0 is a server's push, and the last one a renewal's. */
  next(): number {
    this.#last = this.#last === RENEWAL_ID - 1 ? 1 : this.#last + 1
    return this.#last
  }
}

function hex(bytes: Uint8Array): string {
  let digits = ''
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0')
  return digits
}
