import { closedReason, connectionLost } from '../../client/closed-reason.ts'
import type { Transport as ClientTransport, OpenTransport, TransportHandlers } from '../../client/transport.ts'
import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import type { Core } from '../../tcp-core/core.ts'
import { Connection } from '../../tcp-core/sessions/connection.ts'
import type { Clock } from '../../tcp-core/time/clock.ts'
import type { Transport, TransportHandler } from '../../tcp-core/transports/transport.ts'

const PING = encodeFrame(Command.PING, 0, {})
/** One way, in milliseconds. */
const DELAY_MS = 1

/** A client and a core in one process: what either writes reaches the other a little later, in its order. */
export class MemoryLine implements Transport, ClientTransport {
  readonly kind = 'tcp'
  readonly remoteAddress = '127.0.0.1'
  readonly keepsHeartbeat = false
  readonly pausesAlone = true
  readonly bufferedBytes = 0
  readonly maxHeartbeatMs = Number.POSITIVE_INFINITY
  readonly #clock: Clock
  readonly #client: TransportHandlers
  readonly #written: (frame: Uint8Array) => void
  #core: TransportHandler | undefined
  #over = false

  private constructor(clock: Clock, client: TransportHandlers, written: (frame: Uint8Array) => void) {
    this.#clock = clock
    this.#client = client
    this.#written = written
  }

  /** Opens lines to the core. `written` is told each frame of the core's, whether it arrives or not. */
  static opener(clock: Clock, core: Core, written: (frame: Uint8Array) => void): OpenTransport {
    return (_url, _token, handlers) => {
      const line = new MemoryLine(clock, handlers, written)
      line.#later(() => line.#connect(core))
      return line
    }
  }

  start(handler: TransportHandler): void {
    this.#core = handler
  }

  /** Of the core. */
  write(frame: Uint8Array): void {
    this.#written(frame)
    this.#later(() => this.#client.onBytes(frame))
  }

  /** Of the client. */
  send(frames: Uint8Array): void {
    this.#later(() => this.#core?.received(frames))
  }

  ping(): void {
    this.send(PING)
  }

  pause(): void {}

  resume(): void {}

  established(): void {}

  /** The core gives a code and a reason, the client none. */
  close(code?: number, reason = ''): void {
    this.#later(() => {
      this.#over = true
      if (code !== undefined) this.#client.onClose(closedReason(code, reason))
      this.#core?.ended()
    })
  }

  /** The network is gone: both ends learn it, neither why. */
  cut(): void {
    if (this.#over) return
    this.#over = true
    this.#client.onClose(connectionLost('cut'))
    this.#core?.ended()
  }

  #connect(core: Core): void {
    const entry = core.gate.enter(this.remoteAddress)
    if ('code' in entry) return this.cut()
    new Connection(core, this, entry).start()
    this.#client.onOpen()
  }

  #later(work: () => void): void {
    this.#clock.after(DELAY_MS, () => {
      if (!this.#over) work()
    })
  }
}
