import { ACK_INTERVAL_MS, ACK_MAX_MESSAGES } from '../../client/delivery-acks.ts'
import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import { clock, tick } from './clock.ts'
import type { DeliverScan } from './hawser-deliver.ts'
import type { Pipe } from './pipe.ts'

/** Acknowledges what the scan has found, as often as Hawser's client does. */
export class HawserAcks {
  readonly #delivers: DeliverScan
  readonly #pipe: Pipe
  #messages = 0
  #sentAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(delivers: DeliverScan, pipe: Pipe) {
    this.#delivers = delivers
    this.#pipe = pipe
  }

  /** A chunk with so many messages has been read. */
  delivered(messages: number): void {
    this.#messages += messages
    const wait = this.#sentAt + ACK_INTERVAL_MS - clock.now
    if (wait <= 0 || this.#messages >= ACK_MAX_MESSAGES) this.#send()
    else this.#timer ??= setTimeout(this.#late, wait)
  }

  readonly #late = (): void => {
    tick()
    this.#send()
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#messages = 0
    this.#sentAt = clock.now
    this.#pipe.write(encodeFrame(Command.DELIVER_ACK, 0, { positions: [...this.#delivers.takePositions()] }))
  }
}
