import type { Channel } from './channel.ts'

/** How long a browser is kept without a core, by whether it has a session (docs/PROTOCOL.md, U9). */
const WITHOUT_SESSION_MS = 15_000
const WITH_SESSION_MS = 300_000
const LOST_AT_KEY = 'uplink-lost-at'

/** The time in which no core has the browsers; kept in storage, because the shard may hibernate meanwhile. */
export class Outage {
  readonly #storage: SyncKvStorage
  /** A cache of what is stored. */
  #lostAt: number | undefined

  constructor(storage: SyncKvStorage) {
    this.#storage = storage
  }

  /** The core is gone. Gives the first deadline that browsers may have. */
  begin(now: number): number {
    this.#lostAt = now
    this.#storage.put(LOST_AT_KEY, now)
    return now + WITHOUT_SESSION_MS
  }

  /** When the channel is closed, should no core come, in milliseconds since 1970. */
  deadlineOf(channel: Channel, now: number): number {
    this.#lostAt ??= this.#storage.get<number>(LOST_AT_KEY) ?? 0
    // The date was set back: it is counted anew.
    if (this.#lostAt > now) this.begin(now)
    return channel.hasSession
      ? this.#lostAt + WITH_SESSION_MS
      : Math.max(this.#lostAt, Math.min(channel.openedAt, now)) + WITHOUT_SESSION_MS
  }
}
