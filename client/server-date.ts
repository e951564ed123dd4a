import type { Clock } from './clock.ts'

/**
 * The server's date, by what LOGIN_ACK said of it and the time that has passed since
 * (docs/PROTOCOL.md, L9). This device's own date may be wrong by any amount, and may be set.
 */
export class ServerDate {
  readonly #clock: Clock
  /** The server's date when the clock's `elapsed` was 0. */
  #begin: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** LOGIN_ACK has come just now; 0 where it does not say. */
  heard(serverTime: number): void {
    if (serverTime > 0) this.#begin = serverTime - this.#clock.elapsed()
  }

  /** Milliseconds since 1970; this device's date until the server has told its own. */
  get milliseconds(): number {
    return this.#begin === undefined ? this.#clock.now() : Math.round(this.#begin + this.#clock.elapsed())
  }
}
