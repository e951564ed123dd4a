const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** ASCII strings up to this long are read here, which beats the decoder's call for them. */
const SHORT = 40
/** The engine puts text that is built up to this long into one piece, longer text into a rope, which costs whoever looks at it later. */
const ROPE = 12

type Slice = (this: Uint8Array, start: number, end: number) => string
/** Node's own call makes longer text in one piece. */
const latin1Slice: Slice | undefined = (globalThis as { Buffer?: { prototype: { latin1Slice?: Slice } } }).Buffer?.prototype.latin1Slice

/** The bytes are not the Protobuf message they should be. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

/** Reads Protobuf out of a byte array; every length is checked against what is there. */
export class ProtobufReader {
  readonly #bytes: Uint8Array
  position: number
  readonly end: number

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.#bytes = bytes
    this.position = position
    this.end = end
  }

  /** A number from 0 to 2^53 - 1. */
  varint(): number {
    if (this.position < this.end) {
      const first = this.#bytes[this.position] as number
      if (first < 128) {
        this.position++
        return first
      }
    }
    let value = 0
    let scale = 1
    for (let count = 0; count < 10; count++) {
      if (this.position >= this.end) throw new ProtobufError('ends inside a number')
      const byte = this.#bytes[this.position++] as number
      value += (byte & 127) * scale
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) throw new ProtobufError('number above 2^53 - 1')
        return value
      }
      scale *= 128
    }
    throw new ProtobufError('number longer than ten bytes')
  }

  /** An unsigned number of 32 bits; as Protobuf says, higher bits are cut off. */
  uint32(): number {
    return this.varint() >>> 0
  }

  bool(): boolean {
    return this.varint() !== 0
  }

  /** A view into the source, not a copy. */
  bytes(): Uint8Array {
    const end = this.span()
    const view = this.#bytes.subarray(this.position, end)
    this.position = end
    return view
  }

  string(): string {
    const end = this.span()
    const start = this.position
    this.position = end
    const length = end - start
    if (length > SHORT || !this.#isAscii(start, end)) return this.#decoded(start, end)
    return latin1Slice && length > ROPE ? latin1Slice.call(this.#bytes, start, end) : this.#built(start, end)
  }

  #isAscii(start: number, end: number): boolean {
    const bytes = this.#bytes
    let bits = 0
    for (let at = start; at < end; at++) bits |= bytes[at] as number
    return bits < 128
  }

  #built(start: number, end: number): string {
    const bytes = this.#bytes
    const code = (at: number): number => bytes[at] as number
    let text = ''
    let at = start
    // Four at a time: half the time of one at a time.
    for (; at + 4 <= end; at += 4) text += String.fromCharCode(code(at), code(at + 1), code(at + 2), code(at + 3))
    for (; at < end; at++) text += String.fromCharCode(code(at))
    return text
  }

  /** Reads a length and returns where what it counts ends. */
  span(): number {
    const length = this.varint()
    if (length > this.end - this.position) throw new ProtobufError('a length runs past the end')
    return this.position + length
  }

  /** The reader of a nested message. */
  nested(): ProtobufReader {
    const end = this.span()
    const reader = new ProtobufReader(this.#bytes, this.position, end)
    this.position = end
    return reader
  }

  /** Passes over a field that this version does not know. */
  skip(tag: number): void {
    if (tag < 8) throw new ProtobufError('field number 0')
    switch (tag & 7) {
      case 0:
        this.varint()
        return
      case 1:
        return this.#forward(8)
      case 2:
        this.position = this.span()
        return
      case 5:
        return this.#forward(4)
      default:
        throw new ProtobufError(`wire type ${tag & 7} of field ${tag >>> 3}`)
    }
  }

  #forward(count: number): void {
    if (count > this.end - this.position) throw new ProtobufError('ends inside a field')
    this.position += count
  }

  #decoded(start: number, end: number): string {
    try {
      return utf8.decode(this.#bytes.subarray(start, end))
    } catch (cause) {
      throw new ProtobufError('text is not UTF-8', { cause })
    }
  }
}
