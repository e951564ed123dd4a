import { ProtobufError } from './protobuf-error.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** ASCII strings up to this long are read here, which beats the decoder's call for them. */
const SHORT = 40
/** The engine puts text that is built up to this long into one piece, longer text into a rope, which costs whoever looks at it later. */
const ROPE = 12

type Slice = (this: Uint8Array, start: number, end: number) => string
/** Node's own call makes longer text in one piece. */
const latin1Slice: Slice | undefined = (globalThis as { Buffer?: { prototype: { latin1Slice?: Slice } } }).Buffer?.prototype.latin1Slice

/** More than any body of ours has. */
const UNBOUNDED = 0x3fffffff

/**
 * Reads Protobuf out of a byte array; every length is checked against what is there, and every
 * number against what the field may hold. With `maxFields` what it costs to read a message of a
 * stranger is bounded, too: by all its fields, and by the limits that the .proto file states for repeated ones.
 */
export class ProtobufReader {
  readonly #bytes: Uint8Array
  position: number
  /** Of the message that is being read. */
  end: number
  readonly #isBounded: boolean
  #fieldsLeft: number

  constructor(bytes: Uint8Array, maxFields = UNBOUNDED) {
    this.#bytes = bytes
    this.position = 0
    this.end = bytes.length
    this.#isBounded = maxFields < UNBOUNDED
    this.#fieldsLeft = maxFields
  }

  /** What begins each field. */
  tag(): number {
    if (--this.#fieldsLeft < 0) throw new ProtobufError('', 'has more fields than are taken')
    return this.uint32()
  }

  /** Before the next element of a repeated field. */
  room(count: number, limit: number, field: string): void {
    if (count >= limit && this.#isBounded) throw new ProtobufError(field, `has more than ${limit} elements`)
  }

  /** A number from 0 to 2^53 - 1. */
  varint(field = ''): number {
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
      if (this.position >= this.end) throw new ProtobufError(field, 'ends inside a number')
      const byte = this.#bytes[this.position++] as number
      value += (byte & 127) * scale
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) throw new ProtobufError(field, 'has a number above 2^53 - 1')
        return value
      }
      scale *= 128
    }
    throw new ProtobufError(field, 'has a number of more than ten bytes')
  }

  /** A number from 0 to 2^32 - 1. Higher bits are refused, not cut off: nobody is to be told another number in silence. */
  uint32(field = ''): number {
    const value = this.varint(field)
    if (value > 0xffffffff) throw new ProtobufError(field, 'has a number above 2^32 - 1')
    return value
  }

  bool(): boolean {
    return this.varint() !== 0
  }

  /** A view into the source, not a copy. */
  bytes(field = ''): Uint8Array {
    const end = this.#span(field)
    const view = this.#bytes.subarray(this.position, end)
    this.position = end
    return view
  }

  string(field = ''): string {
    const end = this.#span(field)
    const start = this.position
    this.position = end
    const length = end - start
    if (length > SHORT || !this.#isAscii(start, end)) return this.#decoded(start, end, field)
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

  /** Begins a nested message, or the numbers of a packed field; give what it returns to `leave`. */
  enter(): number {
    const outer = this.end
    this.end = this.#span('')
    return outer
  }

  leave(outer: number): void {
    this.end = outer
  }

  /** Reads a length and returns where what it counts ends. */
  #span(field: string): number {
    const length = this.varint(field)
    if (length > this.end - this.position) throw new ProtobufError(field, 'runs past the end')
    return this.position + length
  }

  /** Passes over a field that this version does not know. */
  skip(tag: number): void {
    if (tag < 8) throw new ProtobufError('', 'has a field of number 0')
    switch (tag & 7) {
      case 0:
        this.varint()
        return
      case 1:
        return this.#forward(8)
      case 2:
        this.position = this.#span('')
        return
      case 5:
        return this.#forward(4)
      default:
        throw new ProtobufError('', `has wire type ${tag & 7} at field ${tag >>> 3}`)
    }
  }

  #forward(count: number): void {
    if (count > this.end - this.position) throw new ProtobufError('', 'ends inside a field')
    this.position += count
  }

  #decoded(start: number, end: number, field: string): string {
    try {
      return utf8.decode(this.#bytes.subarray(start, end))
    } catch (cause) {
      throw new ProtobufError(field, 'is not UTF-8', { cause })
    }
  }
}
