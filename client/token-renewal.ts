import type { Cancel, Clock } from './clock.ts'
import type { ServerDate } from './server-date.ts'
import { claimsOf } from './token-claims.ts'

/** Of a token's remaining life as much passes before the next one is fetched. */
const RENEW_AFTER = 0.8
/** Between fetches at the least, also where the token is over by the server's date, and after one that failed. */
const MIN_DELAY_MS = 10_000

/** Hands in a fresh token before the one in use expires, so that the session goes on (L7). */
export class TokenRenewal {
  readonly #clock: Clock
  readonly #date: ServerDate
  readonly #fetchToken: () => Promise<string>
  readonly #hand: (token: string) => void
  #cancel: Cancel
  #stopped = false

  constructor(clock: Clock, date: ServerDate, token: string, fetchToken: () => Promise<string>, hand: (token: string) => void) {
    this.#clock = clock
    this.#date = date
    this.#fetchToken = fetchToken
    this.#hand = hand
    this.#cancel = this.#schedule(token)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  /** The server did not take it: another one is handed in, once that may help. */
  refused(retryAfterMs: number): void {
    if (this.#stopped) return
    this.#cancel()
    this.#cancel = this.#clock.after(Math.max(retryAfterMs, MIN_DELAY_MS), this.#renew)
  }

  #schedule(token: string): Cancel {
    const { expiresAt } = claimsOf(token)
    if (expiresAt === undefined) return () => {}
    const delay = (expiresAt - this.#date.milliseconds) * RENEW_AFTER
    return this.#clock.after(Math.max(delay, MIN_DELAY_MS), this.#renew)
  }

  readonly #renew = (): void => {
    this.#fetchToken().then(
      (token) => {
        if (this.#stopped) return
        this.#hand(token)
        this.#cancel = this.#schedule(token)
      },
      () => {
        if (!this.#stopped) this.#cancel = this.#clock.after(MIN_DELAY_MS, this.#renew)
      },
    )
  }
}
