import { CloseError } from './errors.ts'
import { COUNTED_HEADER_BYTES, type Frame, HEADER_BYTES, VERSION } from './frame.ts'

/** Bytes that the buffer for a cut-up frame begins with. */
const FIRST_BUFFER_BYTES = 256
const EMPTY = new Uint8Array(0)

/**
 * Turns a stream of chunks, cut anywhere, into frames.
 *
 * The length is checked against the cap as soon as its four bytes are there, before
 * anything is kept for it; what is kept grows with what has really arrived, never with
 * what was announced. A frame that lies whole in one chunk is given as a view into it.
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number
  /** The beginning of a frame whose end has not come. */
  #partial: Uint8Array = EMPTY
  #partialLength = 0

  /** `maxFrameBytes` is the most that the length field of a frame may say; a longer frame is refused before anything is kept for it. */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** Bytes kept until the rest of their frame comes. */
  get pendingBytes(): number {
    return this.#partialLength
  }

  /**
   * Gives every frame that is complete with this chunk to `take`, in order. `take` returns
   * false to have the rest thrown away, as after a close.
   * Throws CloseError: `frame_too_large`, `frame_malformed` or `version_unsupported`.
   */
  push(chunk: Uint8Array, take: (frame: Frame) => boolean): void {
    let offset = 0
    while (this.#partialLength > 0) {
      const wanted = this.#missing()
      const taken = Math.min(wanted, chunk.length - offset)
      this.#keep(chunk.subarray(offset, offset + taken))
      offset += taken
      if (taken < wanted) {
        if (this.#partialLength > 4) checkVersion(this.#partial, 0)
        return
      }
      if (this.#partialLength < HEADER_BYTES || this.#missing() > 0) continue
      const frame = parse(this.#partial, 0, this.#partialLength)
      this.#partial = EMPTY
      this.#partialLength = 0
      if (!take(frame)) return
    }
    while (offset < chunk.length) {
      const available = chunk.length - offset
      const end = available < 4 ? Number.POSITIVE_INFINITY : offset + this.#frameBytes(chunk, offset)
      if (end > chunk.length) {
        if (available > 4) checkVersion(chunk, offset)
        this.#keep(chunk.subarray(offset))
        return
      }
      const frame = parse(chunk, offset, end)
      offset = end
      if (!take(frame)) return
    }
  }

  /** The whole length of the frame that begins at `offset`, once its length field is there. */
  #frameBytes(bytes: Uint8Array, offset: number): number {
    const length = uint32(bytes, offset)
    if (length > this.#maxFrameBytes) {
      throw new CloseError('frame_too_large', `A frame of ${length} bytes is over the cap of ${this.#maxFrameBytes}.`)
    }
    if (length < COUNTED_HEADER_BYTES) {
      throw new CloseError('frame_malformed', `A frame's length of ${length} is below its header's ${COUNTED_HEADER_BYTES} bytes.`)
    }
    return 4 + length
  }

  /** How many bytes the partial frame lacks, or its length field does. */
  #missing(): number {
    if (this.#partialLength < 4) return 4 - this.#partialLength
    const frameBytes = this.#frameBytes(this.#partial, 0)
    if (this.#partialLength > 4) checkVersion(this.#partial, 0)
    return frameBytes - this.#partialLength
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.#partialLength + bytes.length
    if (needed > this.#partial.length) {
      const grown = new Uint8Array(Math.max(needed, this.#partial.length * 2, FIRST_BUFFER_BYTES))
      grown.set(this.#partial.subarray(0, this.#partialLength))
      this.#partial = grown
    }
    this.#partial.set(bytes, this.#partialLength)
    this.#partialLength = needed
  }
}

function parse(bytes: Uint8Array, start: number, end: number): Frame {
  checkVersion(bytes, start)
  return {
    command: bytes[start + 5] as number,
    flags: ((bytes[start + 6] as number) << 8) | (bytes[start + 7] as number),
    requestId: uint32(bytes, start + 8),
    body: bytes.subarray(start + HEADER_BYTES, end),
  }
}

function checkVersion(bytes: Uint8Array, start: number): void {
  const version = bytes[start + 4]
  if (version !== VERSION) {
    throw new CloseError('version_unsupported', `Frame version ${version} is not spoken here; version ${VERSION} is.`)
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
  )
}
