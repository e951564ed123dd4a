import { BODIES, type BodyOf, type Command } from './commands.ts'
import { RequestError } from './errors.ts'
import { ProtobufError } from './protobuf-error.ts'
import { ProtobufReader } from './protobuf-reader.ts'
import { ProtobufWriter } from './protobuf-writer.ts'

/** The version in every frame's header (docs/PROTOCOL.md, "Frame"): one layout on TCP, in WebSocket messages and on uplinks. */
export const VERSION = 1
/** Bytes before the body, the length field among them. */
export const HEADER_BYTES = 12
/** Bytes of the header that the length counts: all but the length field itself. */
export const COUNTED_HEADER_BYTES = 8
/** The longest frame by default, in bytes, by what its length field may say. */
export const DEFAULT_MAX_FRAME_BYTES = 1024 * 1024

/** One frame, its header read and its body not yet (docs/PROTOCOL.md, "Frame"). */
export interface Frame {
  /** A number of `Command`, or one that is not known here: 0 to 255. */
  readonly command: number
  /** 16 bits; 0 in this version, and a receiver ignores bits that it does not know. */
  readonly flags: number
  /** Echoed in the reply; 0 on a push. 32 bits. */
  readonly requestId: number
  /** May be a view into a received chunk: copy what is to outlive the connection's buffers. */
  readonly body: Uint8Array
}

const writer = new ProtobufWriter()

/** Starts a frame in the shared writer; `endFrame` puts in its length and cuts it off. */
function beginFrame(command: number, requestId: number): void {
  writer.reset()
  writer.fixed32(0)
  writer.fixed32(VERSION * 0x1000000 + command * 0x10000)
  writer.fixed32(requestId)
}

function endFrame(): Uint8Array {
  writer.fixed32At(0, writer.length - 4)
  return writer.finish()
}

/** A whole frame for a command and its message, a view into a slab. `requestId` is 0 on a server push. */
export function encodeFrame<C extends Command>(command: C, requestId: number, body: BodyOf<C>): Uint8Array {
  return encodeMessageFrame(command, requestId, BODIES[command].write as (writer: ProtobufWriter, body: BodyOf<C>) => void, body)
}

/** As `encodeFrame`, for what somebody asks a client to send. Throws RequestError `field_invalid` where a value is none that its field can have. */
export function encodeRequest<C extends Command>(command: C, requestId: number, body: BodyOf<C>): Uint8Array {
  try {
    return encodeFrame(command, requestId, body)
  } catch (cause) {
    if (!(cause instanceof ProtobufError)) throw cause
    throw new RequestError('field_invalid', `${cause.message}.`, { field: cause.field, cause })
  }
}

/** As `encodeFrame`, for a message of another table, such as the uplink's. */
export function encodeMessageFrame<T>(
  command: number,
  requestId: number,
  write: (writer: ProtobufWriter, body: T) => void,
  body: T,
): Uint8Array {
  beginFrame(command, requestId)
  write(writer, body)
  return endFrame()
}

/** A whole frame around a body that is encoded already. */
export function encodeRawFrame(command: number, requestId: number, body: Uint8Array): Uint8Array {
  beginFrame(command, requestId)
  writer.raw(body)
  return endFrame()
}

/** The message in a frame's body. Throws RequestError `body_malformed` where it is none. */
export function decodeBody<C extends Command>(command: C, body: Uint8Array): BodyOf<C> {
  return decodeMessage(BODIES[command].read as (reader: ProtobufReader) => BodyOf<C>, body)
}

/** F5: fields of a client's body, those of the messages in it counted; the longest acknowledgement has 3,000. */
const MAX_REQUEST_FIELDS = 5000

/** As `decodeBody`, for what a client sent: what it costs to read is bounded, whatever the bytes. */
export function decodeRequest<C extends Command>(command: C, body: Uint8Array): BodyOf<C> {
  return decodeMessage(BODIES[command].read as (reader: ProtobufReader) => BodyOf<C>, body, MAX_REQUEST_FIELDS)
}

/** As `decodeBody`, for a message of another table. */
export function decodeMessage<T>(read: (reader: ProtobufReader) => T, body: Uint8Array, maxFields?: number): T {
  try {
    return read(new ProtobufReader(body, maxFields))
  } catch (cause) {
    if (!(cause instanceof ProtobufError)) throw cause
    throw new RequestError('body_malformed', `The body is malformed: ${cause.message}.`, { field: cause.field, cause })
  }
}
