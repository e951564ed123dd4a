import { Command } from '../shared/commands.ts'
import { encodeFrame } from '../shared/frame.ts'
import type { FleetingEvent, Message } from '../shared/gen/hawser.ts'
import type { Totals } from './metrics.ts'
import type { Registry } from './registry.ts'
import type { Session } from './session.ts'
import type { Trace } from './trace.ts'

/** A fleeting event is dropped rather than queued behind this much (Y3: receipts may be lost). */
const FLEETING_LIMIT_BYTES = 64 * 1024

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

  /** DELIVER to every session of the members but the one it came from (R1). */
  message(message: Message, members: Iterable<string>, from: Session): void {
    this.#trace.stored(message.conversationId, message.seq)
    let frame: Uint8Array | undefined
    for (const member of members) {
      for (const session of this.#registry.user(member)?.sessions ?? []) {
        if (session === from) continue
        frame ??= encodeFrame(Command.DELIVER, 0, message)
        const admission = session.push(message.conversationId, message.seq, frame)
        this.#trace.admitted(session.traced, message.conversationId, message.seq, admission)
        if (admission === 'push') this.#totals.deliveries++
        else if (admission === 'gap') this.#totals.gaps++
      }
    }
  }

  /** EVENT to every session of the users but one; a session that is behind goes without. */
  event(event: FleetingEvent, users: Iterable<string>, except?: Session): void {
    let frame: Uint8Array | undefined
    for (const user of users) {
      for (const session of this.#registry.user(user)?.sessions ?? []) {
        if (session === except || session.connection.transport.bufferedBytes > FLEETING_LIMIT_BYTES) continue
        frame ??= encodeFrame(Command.EVENT, 0, event)
        session.connection.write(frame)
      }
    }
  }
}
