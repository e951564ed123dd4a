import { BODIES, type Command } from '../../shared/commands.ts'
import { CloseError, RequestError } from '../../shared/errors.ts'
import { decodeBody, encodeFrame, type Frame, HEADER_BYTES } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { anyBytes, cut, joined } from './bytes.ts'
import { fewerBytes } from './shrink.ts'
import type { Target } from './target.ts'

const CAPS = [1024 * 1024, 4096, 64]
const MAX_CHUNKS = 1000
const CODES = ['frame_too_large', 'frame_malformed', 'version_unsupported']

/** What a decoder made of a stream. */
interface Decoded {
  readonly frames: readonly Frame[]
  /** The code it ended with, or the bytes it kept. */
  readonly end: string
}

/** The frame decoder and the bodies: a stream of frames, cut anywhere. Elements are chunks. */
export const decoderTarget: Target<Uint8Array> = {
  name: 'decoder',
  draw(random) {
    const stream = joined(Array.from({ length: 1 + random.below(5) }, () => anyBytes(random)))
    return { setting: random.below(CAPS.length), elements: cut(random, stream, MAX_CHUNKS) }
  },
  run({ setting, elements }) {
    const cap = CAPS[setting] as number
    try {
      const whole = decode(cap, [joined(elements)])
      const pieces = decode(cap, elements)
      return difference(whole, pieces) ?? bodyFault(whole.frames)
    } catch (error) {
      return `an exception escaped: ${(error as Error).stack}`
    }
  },
  show: (chunk) => Buffer.from(chunk).toString('hex'),
  inputs: () => 1,
  smaller: fewerBytes,
}

function decode(cap: number, chunks: readonly Uint8Array[]): Decoded {
  const decoder = new FrameDecoder(cap)
  const frames: Frame[] = []
  const take = (frame: Frame): boolean => {
    frames.push(frame)
    return true
  }
  try {
    for (const chunk of chunks) decoder.push(chunk, take)
  } catch (error) {
    if (error instanceof CloseError && CODES.includes(error.code)) return { frames, end: error.code }
    throw error
  }
  return { frames, end: `${decoder.pendingBytes} bytes kept` }
}

function difference(whole: Decoded, pieces: Decoded): string | undefined {
  if (whole.end !== pieces.end) return `in one piece it ends with ${whole.end}, in pieces with ${pieces.end}`
  if (whole.frames.length !== pieces.frames.length) return `${whole.frames.length} frames in one piece, ${pieces.frames.length} in pieces`
  for (const [i, frame] of whole.frames.entries()) {
    const other = pieces.frames[i] as Frame
    const same = frame.command === other.command && frame.flags === other.flags && frame.requestId === other.requestId
    if (!same || Buffer.compare(frame.body, other.body) !== 0) return `frame ${i} differs between one piece and pieces`
  }
  return undefined
}

/** A body is refused as such, or what is read from it is the same after it was written and read again. */
function bodyFault(frames: readonly Frame[]): string | undefined {
  for (const { command, body } of frames) {
    if (!(command in BODIES)) continue
    const known = command as Command
    try {
      const once = encodeFrame(known, 0, decodeBody(known, body)).slice()
      const twice = encodeFrame(known, 0, decodeBody(known, once.subarray(HEADER_BYTES)))
      if (Buffer.compare(once, twice) !== 0) return `a body of command ${command} changes when it is read and written again`
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== 'body_malformed') throw error
    }
  }
  return undefined
}
