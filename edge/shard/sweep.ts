import type { CloseName } from '../../shared/codes.ts'
import type { Alarm } from './alarm.ts'
import type { Channel } from './channel.ts'
import type { Outage } from './outage.ts'
import { Silence } from './silence.ts'
import type { Uplink } from './uplink.ts'
import type { Uplinks } from './uplinks.ts'

/** A browser says `ping` at least once a minute, also from a tab in the background (H2). */
const BROWSER_SILENCE_MS = 180_000
/** A core does every 15 s (U10). */
const CORE_SILENCE_MS = 45_000

/** What the alarm ends: browsers that are silent, past their token or without a core, and cores that are silent. */
export class Sweep {
  readonly #alarm: Alarm
  readonly #outage: Outage
  readonly #uplinks: Uplinks
  readonly #silence: Silence

  constructor(ctx: DurableObjectState, alarm: Alarm, outage: Outage, uplinks: Uplinks) {
    this.#silence = new Silence(ctx, ctx.storage.kv)
    this.#alarm = alarm
    this.#outage = outage
    this.#uplinks = uplinks
  }

  /** Wakes the shard in time for that channel. */
  watch(channel: Channel, now: number): void {
    this.#alarm.atMost(this.#deadlineOf(channel, now).at)
  }

  /** The alarm has gone off, so long after its date: what follows may look at everything. */
  begins(lateMs: number, now: number): void {
    this.#silence.looks(lateMs, now)
  }

  /** Wakes the shard in time for cores, while there is one that another can stand in for. */
  watchCores(now: number): void {
    if (this.#uplinks.hasStandby) this.#alarm.atMost(now + CORE_SILENCE_MS)
  }

  /** The cores that have been silent for too long. With one core alone there is nobody to give its browsers to, and its next uplink voids this one. */
  *silentCores(now: number): Generator<Uplink> {
    if (!this.#uplinks.hasStandby) return
    for (const uplink of [...this.#uplinks]) {
      const deadline = this.#silence.heardAt(uplink, now) + CORE_SILENCE_MS
      if (deadline <= now) yield uplink
      else this.#alarm.atMost(deadline)
    }
  }

  /** Calls `end` for every channel past its deadline, and sets the alarm for the next one. */
  run(channels: Iterable<Channel>, now: number, end: (channel: Channel, why: CloseName) => void): void {
    let next = Number.POSITIVE_INFINITY
    for (const channel of channels) {
      const { at, why } = this.#deadlineOf(channel, now)
      if (at <= now) end(channel, why)
      else next = Math.min(next, at)
    }
    this.#silence.looked(now, BROWSER_SILENCE_MS)
    if (next < Number.POSITIVE_INFINITY) this.#alarm.atMost(next)
  }

  #deadlineOf(channel: Channel, now: number): { at: number; why: CloseName } {
    const silentAt = this.#silence.heardAt(channel, now) + BROWSER_SILENCE_MS
    const outageAt = this.#uplinks.owner ? Number.POSITIVE_INFINITY : this.#outage.deadlineOf(channel, now)
    const at = Math.min(silentAt, outageAt, channel.expiresAt)
    return { at, why: at === channel.expiresAt ? 'token_expired' : at === outageAt ? 'core_unavailable' : 'heartbeat_timeout' }
  }
}
