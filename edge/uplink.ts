import { UPLINK_BATCH_BYTES, uplinkFrame } from '../shared/uplink.ts'
import { readAttachment, type UplinkAttachment, type UplinkPhase, writeAttachment } from './attachment.ts'

const TAG = 'uplink'
const GENERATION_KEY = 'generation'

interface Line {
  readonly socket: WebSocket
  readonly attachment: UplinkAttachment
}

/** The shard's line to a core: of all sockets that cores have dialed only the newest counts (docs/PROTOCOL.md, U3). */
export class Uplink {
  readonly #ctx: DurableObjectState
  /** A cache: undefined until it is looked up by tag, null if there is no line. */
  #line: Line | null | undefined

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
  }

  /** Makes a core's socket the line and says HELLO. Throws if the runtime holds as many sockets as it can. */
  open(socket: WebSocket, shard: string): void {
    this.#ctx.acceptWebSocket(socket, [TAG])
    const generation = (this.#ctx.storage.kv.get<number>(GENERATION_KEY) ?? 0) + 1
    this.#ctx.storage.kv.put(GENERATION_KEY, generation)
    this.#keep({ socket, attachment: { kind: 'uplink', generation, phase: 'greeted' } })
    socket.send(uplinkFrame.hello({ shard, generation }))
  }

  /** Whether the socket is the line; what comes from any other one is void. */
  is(socket: WebSocket): boolean {
    return this.#current()?.socket === socket
  }

  get generation(): number | undefined {
    return this.#current()?.attachment.generation
  }

  get phase(): UplinkPhase | undefined {
    return this.#current()?.attachment.phase
  }

  set phase(phase: UplinkPhase) {
    const line = this.#current()
    if (line) this.#keep({ ...line, attachment: { ...line.attachment, phase } })
  }

  /** Whether a core is there to take frames. */
  get isReady(): boolean {
    const line = this.#current()
    return line?.attachment.phase === 'welcomed' && line.socket.readyState === WebSocket.OPEN
  }

  /** Sends a frame, unless there is no core to take it. */
  send(frame: Uint8Array): void {
    if (this.isReady) this.#current()?.socket.send(frame)
  }

  /** Sends many frames in WebSocket messages of about UPLINK_BATCH_BYTES (U2). */
  sendAll(frames: Iterable<Uint8Array>): void {
    let batch: Uint8Array[] = []
    let bytes = 0
    for (const frame of frames) {
      batch.push(frame)
      bytes += frame.length
      if (bytes < UPLINK_BATCH_BYTES) continue
      this.send(concat(batch, bytes))
      batch = []
      bytes = 0
    }
    if (bytes > 0) this.send(concat(batch, bytes))
  }

  /** From here on there is no line; what its socket still brings is void. Gives the socket. */
  drop(): WebSocket | undefined {
    const line = this.#current()
    this.#line = null
    if (line) writeAttachment(line.socket, null)
    return line?.socket
  }

  #keep(line: Line): void {
    writeAttachment(line.socket, line.attachment)
    this.#line = line
  }

  #current(): Line | null {
    if (this.#line === undefined) this.#line = this.#lookUp()
    return this.#line
  }

  #lookUp(): Line | null {
    for (const socket of this.#ctx.getWebSockets(TAG)) {
      const attachment = readAttachment(socket)
      if (attachment?.kind === 'uplink') return { socket, attachment }
    }
    return null
  }
}

function concat(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
