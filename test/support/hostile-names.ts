import { type BodyOf, Command } from '../../shared/commands.ts'
import { decodeBody, encodeFrame, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'

const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder('utf-8', { fatal: true }) }

/** What stands for a name on a server, and what a client is told instead. */
export interface Disguise {
  readonly plain: string
  readonly hostile: string
}

/**
 * Frames from a server with other names in every field that has one, and back: what an old log may hold,
 * or a server that is not ours may say. Only text differs, so that everything else works as it does.
 */
export class HostileNames {
  readonly #disguises: readonly Disguise[]
  readonly #fromServer = new FrameDecoder(64 * 1024 * 1024)
  readonly #fromClient = new FrameDecoder(64 * 1024 * 1024)

  constructor(disguises: readonly Disguise[]) {
    this.#disguises = disguises
  }

  toClient(bytes: Uint8Array): Uint8Array[] {
    const replace = (text: string) => this.#disguises.reduce((all, { plain, hostile }) => all.replaceAll(plain, hostile), text)
    return translated(this.#fromServer, bytes, replace, (frame) => this.#worded(frame))
  }

  toServer(bytes: Uint8Array): Uint8Array[] {
    const replace = (text: string) => this.#disguises.reduce((all, { plain, hostile }) => all.replaceAll(hostile, plain), text)
    return translated(this.#fromClient, bytes, replace, (frame) => frame)
  }

  /** As long as the reason of a close may be. */
  reason(text: string): string {
    return `${text.slice(0, 30)}${this.#disguises[0]?.hostile ?? ''}`
  }

  /** Sentences of a server name nobody: they are as hostile. */
  #worded(frame: Frame): Frame {
    const { hostile = '' } = this.#disguises[0] ?? {}
    if (frame.command === Command.ERROR) {
      const body = decodeBody(Command.ERROR, frame.body)
      return {
        ...frame,
        body: bodyOf(encodeFrame(Command.ERROR, 0, { ...body, message: body.message + hostile, field: body.field + hostile })),
      }
    }
    if (frame.command === Command.CLOSE) {
      const body = decodeBody(Command.CLOSE, frame.body)
      return { ...frame, body: bodyOf(encodeFrame(Command.CLOSE, 0, { ...body, reason: body.reason + hostile })) }
    }
    return frame
  }
}

const HEADER_BYTES = 12
const bodyOf = (encoded: Uint8Array): Uint8Array => encoded.subarray(HEADER_BYTES)

function translated(
  decoder: FrameDecoder,
  bytes: Uint8Array,
  replace: (text: string) => string,
  change: (frame: Frame) => Frame,
): Uint8Array[] {
  const frames: Uint8Array[] = []
  decoder.push(bytes, (frame) => {
    const { command, requestId, body } = change(frame)
    const known = command as Command
    frames.push(encodeFrame(known, requestId, mapped(decodeBody(known, body), replace) as BodyOf<typeof known>))
    return true
  })
  return frames
}

/** A token and a ticket are signed. */
const SIGNED: ReadonlySet<string> = new Set(['token', 'ticket'])

function mapped(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value)
  if (value instanceof Uint8Array) return mappedBytes(value, replace)
  if (Array.isArray(value)) return value.map((each) => mapped(each, replace))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, SIGNED.has(key) ? each : mapped(each, replace)]))
}

/** Content that is text may be JSON, in which names are escaped. */
function mappedBytes(bytes: Uint8Array, replace: (text: string) => string): Uint8Array {
  let text: string
  try {
    text = utf8.decoder.decode(bytes)
  } catch {
    return bytes
  }
  if (!text.startsWith('{')) return utf8.encoder.encode(replace(text))
  return utf8.encoder.encode(JSON.stringify(mapped(JSON.parse(text), replace)))
}
