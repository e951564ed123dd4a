import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import type { FleetingEvent, Message } from '../../shared/gen/hawser.ts'
import { concerns } from '../log/rules/concerns.ts'
import type { Totals } from '../metrics/metrics.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Session } from '../sessions/session.ts'
import type { User } from '../sessions/user.ts'
import type { GroupAudience } from './audiences.ts'
import type { Trace } from './trace.ts'

/** A fleeting event is dropped rather than queued behind this much (Y3: receipts may be lost). */
const FLEETING_LIMIT_BYTES = 64 * 1024

/** Too much waits to be written to the session for anything fleeting. */
export function isBehind(session: Session): boolean {
  return session.connection.transport.bufferedBytes > FLEETING_LIMIT_BYTES
}

/** Takes what is stored to the sessions that are online. A push is encoded once, whoever gets it. */
export class Deliver {
  readonly #registry: Registry
  readonly #totals: Totals
  readonly #trace: Trace

  constructor(registry: Registry, totals: Totals, trace: Trace) {
    this.#registry = registry
    this.#totals = totals
    this.#trace = trace
  }

  /** DELIVER to every session of the members but the one it came from (R1). Gives to how many it went. */
  message(message: Message, members: Iterable<string>, from: Session | undefined): number {
    this.#trace.stored(message.conversationId, message.seq)
    let frame: Uint8Array | undefined
    let count = 0
    for (const member of members) {
      const user = this.#registry.user(member)
      if (!user) continue
      frame ??= encodeFrame(Command.DELIVER, 0, message)
      count += this.#push(message, frame, user, from)
    }
    return count
  }

  /** The same in a group, whose members may have come at different times (G6). */
  inGroup(message: Message, audience: GroupAudience, from: Session | undefined): number {
    this.#trace.stored(message.conversationId, message.seq)
    const about = message.change ? concerns(message.change) : message.seq
    let frame: Uint8Array | undefined
    let blank: Uint8Array | undefined
    let count = 0
    this.#online(audience, (user, fromSeq) => {
      if (message.seq <= fromSeq) return
      if (about > fromSeq) {
        frame ??= encodeFrame(Command.DELIVER, 0, message)
        count += this.#push(message, frame, user, from)
      } else {
        blank ??= encodeFrame(Command.DELIVER, 0, { ...message, change: {} })
        count += this.#push(message, blank, user, from)
      }
    })
    return count
  }

  /** EVENT to every session of the users but one; a session that is behind goes without. */
  event(event: FleetingEvent, users: Iterable<string>, except?: Session): void {
    let frame: Uint8Array | undefined
    for (const user of users) {
      for (const session of this.#registry.user(user)?.sessions ?? []) {
        if (session === except || isBehind(session)) continue
        frame ??= encodeFrame(Command.EVENT, 0, event)
        session.connection.write(frame)
      }
    }
  }

  /** Whoever of the members is online, and since when: found from the side that is smaller. */
  #online(audience: GroupAudience, found: (user: User, fromSeq: number) => void): void {
    if (audience.size < this.#registry.userCount) {
      audience.forEach((fromSeq, name) => {
        const user = this.#registry.user(name)
        if (user) found(user, fromSeq)
      })
    } else {
      for (const user of this.#registry.users()) {
        const fromSeq = audience.get(user.id)
        if (fromSeq !== undefined) found(user, fromSeq)
      }
    }
  }

  #push({ conversationId, seq }: Message, frame: Uint8Array, user: User, from: Session | undefined): number {
    let count = 0
    for (const session of user.sessions) {
      if (session === from) continue
      count++
      const admission = session.push(conversationId, seq, frame)
      this.#trace.admitted(session.traced, conversationId, seq, admission)
      if (admission === 'push') this.#totals.deliveries++
      else if (admission === 'gap') this.#totals.gaps++
    }
    return count
  }
}
