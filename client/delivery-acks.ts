import { Command } from '../shared/commands.ts'
import { encodeFrame } from '../shared/frame.ts'
import type { Cancel, Clock } from './clock.ts'

/** A lone message is acknowledged at once; of a stream, all that has come within this time together. */
export const ACK_INTERVAL_MS = 100
/** A small part of the server's window (R4), so that a fast stream does not fill it between two acknowledgements. */
export const ACK_MAX_MESSAGES = 32
const MAX_BYTES = 64 * 1024

/** Says what has arrived (R3). Acknowledgements are cumulative, and each costs the radio of a phone and the server a packet. */
export class DeliveryAcks {
  readonly #clock: Clock
  readonly #positions = new Map<string, number>()
  #messages = 0
  #bytes = 0
  #flushedAt = Number.NEGATIVE_INFINITY
  #timer: Cancel | undefined
  #write: ((frame: Uint8Array) => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  connected(write: (frame: Uint8Array) => void): void {
    this.#write = write
  }

  /** What is lost with the connection is said again where the next one's list does not know it. */
  disconnected(): void {
    this.#write = undefined
    this.#forget()
  }

  /** All of the conversation up to `seq` is here, with a last message of so many bytes. */
  note(conversationId: string, seq: number, bytes: number): void {
    if (this.#messages === ACK_MAX_MESSAGES || this.#bytes + bytes > MAX_BYTES) this.flush()
    if (this.#messages === 0) this.#schedule()
    this.#messages++
    this.#bytes += bytes
    this.#positions.set(conversationId, seq)
  }

  readonly flush = (): void => {
    if (this.#messages === 0) return
    const positions = Array.from(this.#positions, ([conversationId, seq]) => ({ conversationId, seq }))
    this.#forget()
    this.#flushedAt = this.#clock.elapsed()
    this.#write?.(encodeFrame(Command.DELIVER_ACK, 0, { positions }))
  }

  /** At once is when all of the chunk has been read. */
  #schedule(): void {
    const wait = this.#flushedAt + ACK_INTERVAL_MS - this.#clock.elapsed()
    if (wait > 0 && !isHidden()) this.#timer = this.#clock.after(wait, this.flush)
    else queueMicrotask(this.flush)
  }

  #forget(): void {
    this.#timer?.()
    this.#timer = undefined
    this.#positions.clear()
    this.#messages = 0
    this.#bytes = 0
  }
}

/** Browsers hold back the timers of a page that nobody sees, for up to a minute. */
function isHidden(): boolean {
  return (globalThis as { document?: { hidden?: boolean } }).document?.hidden === true
}
