import type { Settings } from '../env/env.ts'
import { limitSetting } from '../env/limit-setting.ts'
import { Refusal } from '../env/refusal.ts'

const WINDOW_MS = 60_000

/**
 * How often each name has connected in this minute. In memory only: a shard that hibernates had
 * nobody connecting.
 */
export class ConnectRate {
  readonly #limit: number
  readonly #counts = new Map<string, number>()
  #windowEndsAt = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Counts one; false if that is one too many. */
  count(name: string, now: number): boolean {
    // A window that is further off than it is long: the date was set back.
    if (now >= this.#windowEndsAt || now < this.#windowEndsAt - WINDOW_MS) {
      this.#windowEndsAt = now + WINDOW_MS
      this.#counts.clear()
    }
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    return count <= this.#limit
  }
}

/** New sockets that one user, and one address, may open at a shard in a minute. */
const PER_USER = 120
const PER_ADDRESS = 1200

/** The exact caps behind the platform's rate limiter, which counts loosely. */
export class ConnectRates {
  readonly #env: Settings
  #rates: { readonly ofUsers: ConnectRate; readonly ofAddresses: ConnectRate } | undefined

  constructor(env: Settings) {
    this.#env = env
  }

  /** Throws Refusal. An address that is not known is not counted. */
  check(user: string, address: string, now: number): void {
    this.#rates ??= {
      ofUsers: new ConnectRate(limitSetting(this.#env, 'CONNECTS_PER_USER', PER_USER)),
      ofAddresses: new ConnectRate(limitSetting(this.#env, 'CONNECTS_PER_ADDRESS', PER_ADDRESS)),
    }
    if (!this.#rates.ofUsers.count(user, now)) throw new Refusal(429, 'rate_exceeded', 'The user opens too many connections.')
    if (address !== '' && !this.#rates.ofAddresses.count(address, now)) {
      throw new Refusal(429, 'rate_exceeded', 'Too many connections from this address.')
    }
  }
}
