import type { Message } from '../../shared/gen/hawser.ts'
import { deliveryMs } from '../limits/delivery-cost.ts'
import type { Follows } from '../log/rules/follows.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Target } from '../sessions/send-target.ts'
import type { Session } from '../sessions/session.ts'
import type { Alarm } from '../time/alarm.ts'
import type { Audiences, GroupAudience } from './audiences.ts'
import type { Deliver } from './deliver.ts'
import type { DeliveryTurns } from './delivery-turns.ts'

/** Whoever brought an entry into the log; the delivery is done at its cost. */
export interface CommittedBy {
  readonly target: Target
  /** The session that sent it: it has its ack, and gets no DELIVER. */
  readonly session: Session | undefined
  /** As it was sent: content, details and change. */
  readonly sentBytes: number
  /** The delivery waits for its turn, and will take about so many microseconds of the event loop. */
  queued(microseconds: number): void
  /** It has gone to so many sessions. */
  delivered(receivers: number): void
}

/** What holds of users from an entry on, for those who keep it in memory. */
export interface CommitWatcher {
  /** An entry of a 1:1 or own conversation. */
  stored(message: Message): void
  /** Who came into a group or went, before those who went are taken out of `audience`. */
  storedInGroup(follows: Follows, audience: GroupAudience): void
}

export interface CommittedParts {
  readonly registry: Registry
  readonly audiences: Audiences
  readonly deliver: Deliver
  readonly deliveryTurns: DeliveryTurns
  /** Rings when something in the log is due. */
  readonly alarm: Alarm
  readonly ephemeral: CommitWatcher
}

/**
 * The one seam after the log: what was committed goes from here, and from nowhere else, to the
 * audiences, the sessions, the ephemeral state and the alarm, in the order of the log (S2, R1).
 */
export class Committed {
  readonly #parts: CommittedParts

  constructor(parts: CommittedParts) {
    this.#parts = parts
  }

  /** An entry is on its way to the log: a group's audience is looked up meanwhile. */
  expects({ kind, conversationId }: Target): void {
    if (kind === 'group') this.#parts.audiences.prepare(conversationId)
  }

  /** A message is on disk that waits for its time, in milliseconds since 1970. */
  scheduled(sendAt: number): void {
    this.#parts.alarm.set(sendAt)
  }

  /** The message is on disk. `follows` is undefined where nothing follows from it, as from nearly all. */
  take(message: Message, follows: Follows | undefined, by: CommittedBy): void {
    const { deliver, ephemeral, alarm } = this.#parts
    const { target } = by
    if (follows?.alarmAt) alarm.set(follows.alarmAt)
    if (target.kind === 'group') return this.#inGroup(message, follows, by)
    by.delivered(deliver.message(message, target.members, by.session))
    ephemeral.stored(message)
  }

  /** A delivery to many takes its turn. Whoever comes by the entry hears of it, and so does whoever goes. */
  #inGroup(message: Message, follows: Follows | undefined, by: CommittedBy): void {
    const { audiences, registry, deliver, deliveryTurns, ephemeral } = this.#parts
    const { conversationId, seq } = message
    const receivers = Math.min(audiences.known(conversationId)?.size ?? 0, registry.userCount)
    by.queued(deliveryMs(receivers, by.sentBytes) * 1000)
    deliveryTurns.add(() =>
      audiences.use(conversationId, seq, (audience) => {
        if (follows) audiences.letIn(conversationId, follows.came, follows.fromSeq)
        by.delivered(deliver.inGroup(message, audience, by.session))
        if (!follows) return
        ephemeral.storedInGroup(follows, audience)
        audiences.letOut(conversationId, follows.went)
      }),
    )
  }
}
