import { Command } from '../shared/commands.ts'
import { encodeFrame } from '../shared/frame.ts'

/** Messages acknowledged in one frame at most, so that a long burst does not use up the server's window (R4). */
const MAX_UNFLUSHED = 32

/** Says what has arrived (R3), once per received chunk: acknowledgements are cumulative. */
export class DeliveryAcks {
  readonly #positions = new Map<string, number>()
  #unflushed = 0
  #write: ((frame: Uint8Array) => void) | undefined

  connected(write: (frame: Uint8Array) => void): void {
    this.#write = write
  }

  /** What is lost with the connection is said by the next one's sync. */
  disconnected(): void {
    this.#write = undefined
    this.#positions.clear()
    this.#unflushed = 0
  }

  note(conversationId: string, seq: number): void {
    if (this.#unflushed === MAX_UNFLUSHED) this.flush()
    if (this.#unflushed === 0) queueMicrotask(this.flush)
    this.#unflushed++
    this.#positions.set(conversationId, seq)
  }

  readonly flush = (): void => {
    if (this.#unflushed === 0) return
    const positions = Array.from(this.#positions, ([conversationId, seq]) => ({ conversationId, seq }))
    this.#positions.clear()
    this.#unflushed = 0
    this.#write?.(encodeFrame(Command.DELIVER_ACK, 0, { positions }))
  }
}
