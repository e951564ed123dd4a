import { Inbox } from '../../client/inbox.ts'
import { Outbox } from '../../client/outbox.ts'
import { Deliver } from '../../tcp-core/delivery/deliver.ts'
import type { Append, AppendOutcome } from '../../tcp-core/log/log-store.ts'
import { AckWait } from '../../tcp-core/sessions/ack-wait.ts'
import { currentCore } from './simulated-core.ts'
import { SimulatedLog } from './simulated-log.ts'
import { RIGHT_WIRING, type Wiring } from './world.ts'

// By a name that the compiler does not follow: the edge has types of its own runtime.
const uplinksModule = new URL('../../edge/shard/uplinks.ts', import.meta.url).href
const { Uplinks } = (await import(uplinksModule)) as { Uplinks: { prototype: { drop(uplink: unknown): void } } }

/** A bug that is planted to see whether the simulation finds it. */
export interface Mutant {
  readonly name: string
  readonly wiring: Wiring
  /** Breaks the product in memory; gives what mends it again. */
  plant(): () => void
}

/** Puts another method in a class's place; gives what puts the right one back. */
function replace<T, K extends keyof T>(prototype: T, method: K, make: (right: T[K]) => T[K]): () => void {
  const right = prototype[method]
  prototype[method] = make(right)
  return () => {
    prototype[method] = right
  }
}

const nothing = () => () => {}
const wired = (name: string, wiring: Partial<Wiring>): Mutant => ({ name, wiring: { ...RIGHT_WIRING, ...wiring }, plant: nothing })
const planted = (name: string, plant: Mutant['plant']): Mutant => ({ name, wiring: RIGHT_WIRING, plant })

function all(...mends: (() => void)[]): () => void {
  return () => {
    for (const mend of mends) mend()
  }
}

/** Says what the disk will say, before it does. */
class HastyLog extends SimulatedLog {
  protected override begun(batch: readonly Append[]): void {
    const outcomes = this.disk.copy().append(batch)
    for (let i = 0; i < batch.length; i++) batch[i]?.settled(outcomes[i] as AppendOutcome)
  }

  protected override settle(): void {
    super.settle([], [])
  }
}

export const MUTANTS: readonly Mutant[] = [
  wired('ack before fsync', { log: HastyLog }),
  wired('dedupe lost at restart', {
    found(disk) {
      disk.forgetKeys()
      return disk
    },
  }),
  planted('cursor moved too early', () =>
    replace(
      Deliver.prototype,
      'message',
      (right) =>
        function (this: Deliver, message, members, from) {
          const count = right.call(this, message, members, from)
          for (const member of members) currentCore()?.receipts.delivered(member, message.conversationId, message.seq)
          return count
        },
    ),
  ),
  planted('resume off by one', () =>
    replace(
      Inbox.prototype,
      'standing',
      (right) =>
        function (this: Inbox, conversationId) {
          const { fromSeq, epoch } = right.call(this, conversationId)
          return { fromSeq: fromSeq > 0 ? fromSeq + 1 : 0, epoch, digest: 0 }
        },
    ),
  ),
  planted('push overtaking sync', () => {
    const released = new WeakSet<Inbox>()
    return all(
      replace(
        Inbox.prototype,
        'release',
        (right) =>
          function (this: Inbox) {
            released.add(this)
            right.call(this)
          },
      ),
      replace(
        Inbox.prototype,
        'hold',
        (right) =>
          function (this: Inbox) {
            released.delete(this)
            right.call(this)
          },
      ),
      replace(
        Inbox.prototype,
        'push',
        (right) =>
          function (this: Inbox, message) {
            if (released.has(this)) right.call(this, message)
            else this.fill(message)
          },
      ),
    )
  }),
  planted('two epochs mixed', () =>
    all(
      replace(
        Inbox.prototype,
        'standing',
        (right) =>
          function (this: Inbox, conversationId) {
            return { fromSeq: right.call(this, conversationId).fromSeq, epoch: 0, digest: 0 }
          },
      ),
      replace(
        Inbox.prototype,
        'isCurrent',
        () =>
          function (this: Inbox, { conversationId, lastSeq }) {
            return this.cursorOf(conversationId) >= lastSeq
          },
      ),
    ),
  ),
  planted('stale uplink frame accepted', () => replace(Uplinks.prototype, 'drop', () => function (this: unknown) {})),
  planted('window not enforced', () =>
    replace(
      AckWait.prototype,
      'admit',
      (right) =>
        function (this: AckWait, conversationId, seq, bytes) {
          right.call(this, conversationId, seq, bytes)
          return 'push'
        },
    ),
  ),
  planted('GAP not said', () =>
    replace(
      AckWait.prototype,
      'admit',
      (right) =>
        function (this: AckWait, conversationId, seq, bytes) {
          return right.call(this, conversationId, seq, bytes) === 'push' ? 'push' : 'skip'
        },
    ),
  ),
  planted('unacknowledged sends not repeated', () => replace(Outbox.prototype, 'repeat', () => function (this: Outbox) {})),
]
