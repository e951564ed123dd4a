import { uplinkFrame } from '../../shared/uplink.ts'
import type { Alarm } from './alarm.ts'
import type { Channels } from './channels.ts'
import type { InFlight } from './in-flight.ts'
import type { Outage } from './outage.ts'
import type { Uplink } from './uplink.ts'
import type { Uplinks } from './uplinks.ts'
import type { WaitingRoom } from './waiting-room.ts'

/**
 * Which core has the browsers. All of a shard's are one core's, and every shard finds the same
 * core, because two users can only talk if their sessions are at one (docs/PROTOCOL.md, U11).
 */
export class Ownership {
  readonly #channels: Channels
  readonly #uplinks: Uplinks
  readonly #outage: Outage
  readonly #alarm: Alarm
  readonly #waiting: WaitingRoom
  readonly #inFlight: InFlight

  constructor(parts: {
    channels: Channels
    uplinks: Uplinks
    outage: Outage
    alarm: Alarm
    waiting: WaitingRoom
    inFlight: InFlight
  }) {
    this.#channels = parts.channels
    this.#uplinks = parts.uplinks
    this.#outage = parts.outage
    this.#alarm = parts.alarm
    this.#waiting = parts.waiting
    this.#inFlight = parts.inFlight
  }

  /** A core has answered HELLO. */
  welcomed(uplink: Uplink, startedAt: number): void {
    uplink.welcomed(startedAt)
    this.#settle(uplink)
    if (!uplink.isOwner) uplink.sendAll([uplinkFrame.snapshotBegin({ owner: false }), uplinkFrame.snapshotEnd()])
  }

  /** U10: the core is shutting down. It may still finish what it was saying if no other is there; the shard sends it nothing more. */
  draining(uplink: Uplink): void {
    if (uplink !== this.#uplinks.owner) {
      uplink.phase = 'draining'
      return
    }
    this.#depose('draining')
    this.#succeed()
  }

  /** A core's line is over. */
  lost(uplink: Uplink): void {
    const wasOwner = uplink === this.#uplinks.owner
    if (wasOwner) this.#depose('draining')
    this.#uplinks.drop(uplink)
    if (wasOwner) this.#succeed()
  }

  /** The owner is gone: another core gets the browsers, or the time without one begins. */
  #succeed(): void {
    this.#settle()
    if (!this.#uplinks.owner) this.#alarm.atMost(this.#outage.begin(Date.now()))
  }

  /** Gives the browsers to the core that comes first. `greeted` has answered a HELLO that nothing has followed yet. */
  #settle(greeted?: Uplink): void {
    const first = this.#uplinks.first()
    const owner = this.#uplinks.owner
    if (!first || first === owner) return
    if (owner) {
      this.#depose('standby')
      owner.sendAll([uplinkFrame.snapshotBegin({ owner: false }), uplinkFrame.snapshotEnd()])
    }
    this.#uplinks.elect(first, first === greeted)
    first.sendAll(this.#snapshot())
    this.#waiting.clear()
  }

  #depose(phase: 'standby' | 'draining'): void {
    this.#uplinks.depose(phase)
    this.#inFlight.clear()
  }

  /** U4: every browser, and what those without a session have said meanwhile (U9). */
  *#snapshot(): Generator<Uint8Array> {
    yield uplinkFrame.snapshotBegin({ owner: true })
    for (const channel of this.#channels.all()) yield channel.openFrame()
    yield uplinkFrame.snapshotEnd()
    for (const { channel, messages } of this.#waiting.all()) {
      if (!this.#channels.find(channel)) continue
      for (const message of messages) yield uplinkFrame.data(channel, new Uint8Array(message))
    }
  }
}
