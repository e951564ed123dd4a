import { describe, expect, test } from 'vitest'

const SILENCE_MS = 180_000
const PING_MS = 25_000
const DAY_MS = 86_400_000
const STEPS = { '40 days back': -40 * DAY_MS, 'an hour back': -3_600_000, '3 minutes on': 180_000, 'a day on': DAY_MS }

/** As much of a shard's sweep as its alarm calls; loaded by names that the compiler does not follow: the edge has types of its own runtime. */
interface Sweep {
  watch(channel: unknown, now: number): void
  begins(lateMs: number, now: number): void
  run(channels: Iterable<unknown>, now: number, end: (channel: Peer, why: string) => void): void
}
interface Alarm {
  fired(now: number): number
}
interface Rate {
  count(name: string, now: number): boolean
}
type Made<T> = new (...parts: unknown[]) => T
const load = (name: string): Promise<Record<string, unknown>> => import(new URL(`../../edge/shard/${name}.ts`, import.meta.url).href)
const MadeAlarm = (await load('alarm')).Alarm as Made<Alarm>
const MadeOutage = (await load('outage')).Outage as Made<unknown>
const MadeSweep = (await load('sweep')).Sweep as Made<Sweep>
const MadeRate = (await load('connect-rate')).ConnectRate as Made<Rate>

interface Peer {
  readonly socket: { answeredAt: Date | null }
  readonly openedAt: number
  readonly hasSession: boolean
  readonly expiresAt: number
}

/** A shard's sweep under a runtime whose date is set. Its alarm waits for as long as it is off when it is set, and then for its date, as workerd's does. */
class Shard {
  date = 1_700_000_000_000
  readonly peers = new Set<Peer>()
  readonly ended = new Map<Peer, string>()
  readonly pings = new Set<Peer>()
  readonly #kept = new Map<string, unknown>()
  readonly #alarm: Alarm
  readonly #sweep: Sweep
  #due: { after: number; at: number } | undefined

  constructor() {
    const kv = {
      get: (key: string) => this.#kept.get(key),
      put: (key: string, value: unknown) => this.#kept.set(key, value),
      delete: (key: string) => this.#kept.delete(key),
    }
    const setAlarm = async (at: number) => {
      this.#due = { after: at - this.date, at }
    }
    const ctx = { storage: { kv, setAlarm }, getWebSocketAutoResponseTimestamp: (socket: Peer['socket']) => socket.answeredAt }
    this.#alarm = new MadeAlarm(ctx.storage)
    this.#sweep = new MadeSweep(ctx, this.#alarm, new MadeOutage(kv), { owner: {}, hasStandby: false })
  }

  open(isAlive: boolean): Peer {
    const peer = { socket: { answeredAt: null }, openedAt: this.date, hasSession: true, expiresAt: this.date + 100 * DAY_MS }
    this.peers.add(peer)
    if (isAlive) this.pings.add(peer)
    this.#sweep.watch(peer, this.date)
    return peer
  }

  set(step: number): void {
    this.date += step
  }

  pass(milliseconds: number): void {
    for (let passed = 0; passed < milliseconds; passed += 1000) {
      this.date += 1000
      if (passed % PING_MS === 0) for (const peer of this.pings) peer.socket.answeredAt = new Date(this.date)
      if (!this.#due) continue
      this.#due.after -= 1000
      if (this.#due.after > 0 || this.#due.at > this.date) continue
      this.#due = undefined
      this.#sweep.begins(this.#alarm.fired(this.date), this.date)
      this.#sweep.run(this.peers, this.date, (peer, why) => {
        this.peers.delete(peer)
        this.ended.set(peer, why)
      })
    }
  }
}

describe.each(Object.entries(STEPS))('the edge’s date is set %s:', (_, step) => {
  test.each([0, 20_000, 100_000, 175_000])(
    'H2: browsers that are well live, those that are gone are ended; %d ms after they came',
    (before) => {
      const shard = new Shard()
      const alive = Array.from({ length: 20 }, () => shard.open(true))
      const gone = shard.open(false)
      shard.pass(before)
      shard.set(step)
      // Whoever comes wakes the shard in time, where the alarm is off by the step.
      alive.push(shard.open(true))
      shard.pass(3 * SILENCE_MS)
      expect([...shard.ended]).toEqual([[gone, 'heartbeat_timeout']])
      // And the same again, once that is long ago.
      const later = shard.open(false)
      shard.pass(10_000)
      shard.set(step)
      alive.push(shard.open(true))
      shard.pass(3 * SILENCE_MS)
      expect([...shard.ended.keys()]).toEqual([gone, later])
      expect(alive.every((peer) => shard.peers.has(peer))).toBe(true)
    },
  )

  test('the minute in which connects are counted is over after a minute at most', () => {
    const rate = new MadeRate(2)
    let date = 1_700_000_000_000
    expect([1, 2, 3].map(() => rate.count('alice', date))).toEqual([true, true, false])
    date += step + 60_000
    expect(rate.count('alice', date)).toBe(true)
  })
})
