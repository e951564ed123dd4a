import type { Cancel, Clock } from './clock.ts'

/** Of what the server takes in a second so much is used steadily, and the rest at once after a pause: its seconds are not the client's. */
const STEADY = 0.8

/** What LOGIN_ACK says that a session may send; 0 for no limit. */
export interface SendLimits {
  readonly framesPerSecond: number
  readonly bytesPerSecond: number
}

/** Holds frames back, in their order, that would be more in a second than the server takes (L10). */
export class SendBudget {
  readonly #clock: Clock
  readonly #limits: SendLimits
  readonly #write: (frame: Uint8Array) => void
  readonly #held: Uint8Array[] = []
  /** What may still be sent now; one frame that is larger than what there ever is makes it negative. */
  #frames: number
  #bytes: number
  #at: number
  #cancel: Cancel | undefined

  constructor(clock: Clock, { framesPerSecond, bytesPerSecond }: SendLimits, write: (frame: Uint8Array) => void) {
    this.#clock = clock
    this.#limits = {
      framesPerSecond: framesPerSecond || Number.POSITIVE_INFINITY,
      bytesPerSecond: bytesPerSecond || Number.POSITIVE_INFINITY,
    }
    this.#write = write
    this.#frames = burst(this.#limits.framesPerSecond)
    this.#bytes = burst(this.#limits.bytesPerSecond)
    this.#at = clock.elapsed()
  }

  send(frame: Uint8Array): void {
    if (this.#cancel) return void this.#held.push(frame)
    if (this.#may()) return this.#spend(frame)
    this.#held.push(frame)
    this.#wait()
  }

  /** What is held is given up: the connection is over, and whoever waits for an answer repeats it on the next. */
  stop(): void {
    this.#cancel?.()
    this.#held.length = 0
  }

  #may(): boolean {
    const now = this.#clock.elapsed()
    const seconds = (now - this.#at) / 1000
    const { framesPerSecond, bytesPerSecond } = this.#limits
    this.#at = now
    if (seconds > 0) {
      this.#frames = Math.min(this.#frames + seconds * STEADY * framesPerSecond, burst(framesPerSecond))
      this.#bytes = Math.min(this.#bytes + seconds * STEADY * bytesPerSecond, burst(bytesPerSecond))
    }
    return this.#frames >= 1 && this.#bytes > 0
  }

  #spend(frame: Uint8Array): void {
    this.#frames--
    this.#bytes -= frame.length
    this.#write(frame)
  }

  #wait(): void {
    const { framesPerSecond, bytesPerSecond } = this.#limits
    const forFrame = (1 - this.#frames) / framesPerSecond
    const forBytes = -this.#bytes / bytesPerSecond
    const ms = (1000 * Math.max(forFrame, forBytes, 0)) / STEADY
    this.#cancel = this.#clock.after(Math.ceil(ms) + 1, () => {
      this.#cancel = undefined
      while (this.#held.length > 0 && this.#may()) this.#spend(this.#held.shift() as Uint8Array)
      if (this.#held.length > 0) this.#wait()
    })
  }
}

/** At least one frame, however small the limit is. */
function burst(perSecond: number): number {
  return Math.max(1, (1 - STEADY) * perSecond)
}
