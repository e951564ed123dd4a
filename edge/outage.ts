import type { Channel } from './channel.ts'

/** How long a browser is kept without an uplink, by whether it has a session (docs/PROTOCOL.md, U9). */
const WITHOUT_SESSION_MS = 15_000
const WITH_SESSION_MS = 300_000
const LOST_AT_KEY = 'uplink-lost-at'

/**
 * The time without an uplink. It is kept in storage and watched by the shard's alarm: a timer
 * would keep the shard from hibernating.
 */
export class Outage {
  readonly #storage: DurableObjectStorage
  /** A cache of what is stored. */
  #lostAt: number | undefined

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** The uplink is gone. */
  begin(now: number): void {
    this.#lostAt = now
    this.#storage.kv.put(LOST_AT_KEY, now)
    // Storage runs its operations in order and holds back what the shard sends until they are done.
    void this.#storage.setAlarm(now + WITHOUT_SESSION_MS)
  }

  /** A browser came while there is no uplink. */
  async watch(channel: Channel): Promise<void> {
    const deadline = this.deadlineOf(channel)
    const alarm = await this.#storage.getAlarm()
    if (alarm === null || alarm > deadline) await this.#storage.setAlarm(deadline)
  }

  /** When the channel is closed, should no uplink come, in milliseconds since 1970. */
  deadlineOf(channel: Channel): number {
    this.#lostAt ??= this.#storage.kv.get<number>(LOST_AT_KEY) ?? 0
    const lostAt = this.#lostAt
    return channel.hasSession ? lostAt + WITH_SESSION_MS : Math.max(lostAt, channel.openedAt) + WITHOUT_SESSION_MS
  }

  /** Ends with `end` every channel past its deadline, and sets the alarm for the next one. */
  async expire(channels: Iterable<Channel>, now: number, end: (channel: Channel) => void): Promise<void> {
    let next = Number.POSITIVE_INFINITY
    for (const channel of channels) {
      const deadline = this.deadlineOf(channel)
      if (deadline <= now) end(channel)
      else next = Math.min(next, deadline)
    }
    if (next < Number.POSITIVE_INFINITY) await this.#storage.setAlarm(next)
  }
}
