import { ProtobufError } from './protobuf-error.ts'

const utf8 = new TextEncoder()

/** Strings up to this long are written by a loop, which beats the encoder's call for them. */
const SHORT = 48

/** Room to keep behind a text or nested message, so that putting its length before it never needs another slab. */
const LENGTH_ROOM = 16

/** Messages are cut from slabs of this size: an allocation of its own costs more than encoding a message. */
const SLAB_BYTES = 64 * 1024

/**
 * Writes Protobuf, one message after another, into slabs. The generated code of
 * shared/gen/ calls it. A message is written where it stays, so that finishing it copies nothing.
 *
 * What no reader would take, or would read as something else, is not written: a number or a
 * text out of range throws ProtobufError with the name of its field.
 */
export class ProtobufWriter {
  #bytes = new Uint8Array(SLAB_BYTES)
  #view = new DataView(this.#bytes.buffer)
  /** Where the current message begins. */
  #start = 0
  /** Where the next byte goes, in the slab. */
  position = 0

  /** Begins a message; one that was not finished is overwritten. */
  reset(): void {
    this.position = this.#start
  }

  /** Bytes of the current message so far. */
  get length(): number {
    return this.position - this.#start
  }

  /** The message as a view into its slab, which lives as long as any view: for what is soon written out. */
  finish(): Uint8Array {
    const message = this.#bytes.subarray(this.#start, this.position)
    this.#start = this.position
    return message
  }

  /** The message in a buffer of its own: for what is kept, or handed to another thread. */
  finishAlone(): Uint8Array<ArrayBuffer> {
    const message = this.#bytes.slice(this.#start, this.position)
    this.position = this.#start
    return message
  }

  /** Writes a big-endian number at an offset of the current message. */
  fixed32At(offset: number, value: number): void {
    this.#view.setUint32(this.#start + offset, value)
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

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number, field = ''): void {
    let low = value >>> 0
    // Only of a whole number below 2^32 that is all there is.
    if (low !== value && !(Number.isSafeInteger(value) && value > 0)) throw outOfRange(field, value, 53)
    this.#reserve(10)
    const bytes = this.#bytes
    let position = this.position
    let high = (value - low) / 0x100000000
    while (high > 0) {
      bytes[position++] = (low & 127) | 128
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    while (low > 127) {
      bytes[position++] = (low & 127) | 128
      low >>>= 7
    }
    bytes[position++] = low
    this.position = position
  }

  /** A whole number from 0 to 2^32 - 1. */
  uint32(value: number, field = ''): void {
    if (value >>> 0 !== value) throw outOfRange(field, value, 32)
    this.varint(value)
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length)
    this.raw(value)
  }

  string(value: string, field = ''): void {
    const length = value.length
    this.#reserve(length * 3 + LENGTH_ROOM)
    if (length > SHORT) return this.#encoded(value, field)
    const bytes = this.#bytes
    let at = this.position + 1
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return this.#encoded(value, field)
      bytes[at++] = code
    }
    bytes[this.position] = length
    this.position = at
  }

  /** Opens a nested message; give what it returns to `close`. */
  open(): number {
    this.#reserve(1)
    this.position++
    return this.length
  }

  /** Closes the nested message that `open` began, its length in as many bytes as it takes. */
  close(opened: number): void {
    this.#reserve(LENGTH_ROOM)
    const start = this.#start + opened
    this.#lengthBefore(start, this.position - start)
  }

  #encoded(value: string, field: string): void {
    // The encoder would put something else in its place.
    if (!value.isWellFormed()) throw new ProtobufError(field, 'has half of a surrogate pair')
    const start = this.position + 1
    const { written } = utf8.encodeInto(value, this.#bytes.subarray(start))
    this.position = start + written
    this.#lengthBefore(start, written)
  }

  /** Puts a length into the one byte kept before `start`, moving what follows where it takes more. LENGTH_ROOM is reserved. */
  #lengthBefore(start: number, length: number): void {
    let extra = 0
    for (let rest = length; rest > 127; rest >>>= 7) extra++
    if (extra > 0) this.#bytes.copyWithin(start + extra, start, start + length)
    this.position = start - 1
    this.varint(length)
    this.position = start + extra + length
  }

  #reserve(count: number): void {
    if (this.position + count > this.#bytes.length) this.#moveToLargerSlab(count)
  }

  #moveToLargerSlab(count: number): void {
    const written = this.#bytes.subarray(this.#start, this.position)
    const slab = new Uint8Array(Math.max(SLAB_BYTES, 2 * (written.length + count)))
    slab.set(written)
    this.#bytes = slab
    this.#view = new DataView(slab.buffer)
    this.#start = 0
    this.position = written.length
  }
}

function outOfRange(field: string, value: number, bits: number): ProtobufError {
  return new ProtobufError(field, `is ${value}; it is a whole number from 0 to 2^${bits} - 1`)
}
