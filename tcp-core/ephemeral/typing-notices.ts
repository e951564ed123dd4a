import { conversationKind, directPeer, userIdFault } from '../../shared/conversation-id.ts'
import type { Audiences } from '../delivery/audiences.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Session } from '../sessions/session.ts'
import type { Clock } from '../time/clock.ts'
import type { Blocks } from './blocks.ts'
import type { Coalescer } from './coalescer.ts'

/** Of one kind, of a session in a conversation; more of them are passed over. */
const EVERY_MS = 1000
/** T1: members of larger groups are not told. */
const TOLD_MEMBERS = 100
/** Conversations of a session of which the times are kept, before those of long ago are let go. */
const KEPT_TIMES = 32

/** Who types where, to those who may know (T1). */
export class TypingNotices {
  readonly #registry: Registry
  readonly #audiences: Audiences
  readonly #blocks: Blocks
  readonly #coalescer: Coalescer
  readonly #clock: Clock
  /** When a session last said what of which conversation. */
  readonly #said = new Map<Session, Map<string, number>>()

  constructor(services: { registry: Registry; audiences: Audiences; blocks: Blocks; coalescer: Coalescer; clock: Clock }) {
    this.#registry = services.registry
    this.#audiences = services.audiences
    this.#blocks = services.blocks
    this.#coalescer = services.coalescer
    this.#clock = services.clock
  }

  /** Sessions that it knows of. */
  get size(): number {
    return this.#said.size
  }

  /** TYPING has no reply, so what is not the user's to say is passed over. */
  said(session: Session, conversationId: string, stopped: boolean): void {
    const self = session.user.id
    switch (conversationKind(conversationId)) {
      case 'direct': {
        const peer = directPeer(conversationId, self)
        if (peer === undefined || userIdFault(peer) || !this.#isDue(session, conversationId, stopped)) return
        return this.#tell(self, conversationId, stopped, [peer])
      }
      case 'group':
        if (!this.#isDue(session, conversationId, stopped)) return
        return this.#audiences.use(conversationId, 0, (audience) => {
          if (audience.size <= TOLD_MEMBERS && audience.has(self)) this.#tell(self, conversationId, stopped, audience.keys())
        })
      default:
        return
    }
  }

  /** The session is over. */
  forget(session: Session): void {
    this.#said.delete(session)
  }

  #tell(self: string, conversationId: string, stopped: boolean, members: Iterable<string>): void {
    const others = [...members].filter((member) => member !== self && this.#registry.user(member))
    if (others.length === 0) return
    this.#blocks.use([self, ...others], () => {
      this.#coalescer.typing({ conversationId, userId: self, stopped }, this.#sessions(self, others))
    })
  }

  *#sessions(self: string, others: readonly string[]): Generator<Session> {
    for (const other of others) {
      if (!this.#blocks.isBetween(self, other)) yield* this.#registry.user(other)?.sessions ?? []
    }
  }

  #isDue(session: Session, conversationId: string, stopped: boolean): boolean {
    const now = this.#clock.elapsed()
    const times = this.#said.get(session) ?? new Map<string, number>()
    this.#said.set(session, times)
    const key = `${stopped ? 'stopped' : 'goes on'} ${conversationId}`
    if (now - (times.get(key) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return false
    if (times.size >= KEPT_TIMES) {
      for (const [other, at] of times) if (now - at >= EVERY_MS) times.delete(other)
    }
    times.set(key, now)
    return true
  }
}
