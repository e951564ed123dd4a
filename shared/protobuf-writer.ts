const utf8 = new TextEncoder()

/** Strings up to this long are written by a loop, which beats the encoder's call for them. */
const SHORT = 48

/**
 * Writes Protobuf into one growing buffer that is used again and again.
 * The generated code of shared/gen/ calls it; nothing here allocates per message.
 */
export class ProtobufWriter {
  #bytes = new Uint8Array(16 * 1024)
  #view = new DataView(this.#bytes.buffer)
  position = 0

  /** Starts over; what was written before is overwritten. */
  reset(): void {
    this.position = 0
  }

  /** A copy of what was written, of exactly its length. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.position)
  }

  fixed32At(offset: number, value: number): void {
    this.#view.setUint32(offset, value)
  }

  /** Big-endian, as the frame header wants it. */
  fixed32(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.position, value)
    this.position += 4
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.position++] = value
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.position)
    this.position += bytes.length
  }

  /** A number from 0 to 2^53 - 1. */
  varint(value: number): void {
    this.#reserve(10)
    let rest = value
    while (rest > 0x7fffffff) {
      this.#bytes[this.position++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest > 127) {
      this.#bytes[this.position++] = (rest & 127) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.position++] = rest
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length)
    this.raw(value)
  }

  string(value: string): void {
    const length = value.length
    this.#reserve(length * 3 + 5)
    if (length > SHORT) return this.#encoded(value)
    const bytes = this.#bytes
    let at = this.position + 1
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return this.#encoded(value)
      bytes[at++] = code
    }
    bytes[this.position] = length
    this.position = at
  }

  /** Opens a nested message; give what it returns to `close`. */
  open(): number {
    this.#reserve(5)
    return ++this.position
  }

  /** Closes the nested message that `open` began, its length in as many bytes as it takes. */
  close(start: number): void {
    const length = this.position - start
    this.#lengthBefore(start, length)
  }

  #encoded(value: string): void {
    const start = this.position + 1
    const { written } = utf8.encodeInto(value, this.#bytes.subarray(start))
    this.position = start + written
    this.#lengthBefore(start, written)
  }

  /** Puts a varint into the one byte kept before `start`, moving what follows where it needs more. */
  #lengthBefore(start: number, length: number): void {
    let extra = 0
    for (let rest = length; rest > 127; rest = Math.floor(rest / 128)) extra++
    if (extra > 0) {
      this.#reserve(extra)
      this.#bytes.copyWithin(start + extra, start, start + length)
    }
    this.position = start - 1
    this.varint(length)
    this.position = start + extra + length
  }

  #reserve(count: number): void {
    const needed = this.position + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.position))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
