import type { Logger } from 'pino'
import { directUsers } from '../../shared/conversation-id.ts'
import type { Message } from '../../shared/gen/hawser.ts'
import type { Audiences, GroupAudience } from '../delivery/audiences.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Follows } from '../log/rules/follows.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Session } from '../sessions/session.ts'
import type { Clock } from '../time/clock.ts'
import { Blocks } from './blocks.ts'
import { Coalescer } from './coalescer.ts'
import { LastSeen } from './last-seen.ts'
import { Presences } from './presences.ts'
import { Rooms } from './rooms.ts'
import { TypingNotices } from './typing-notices.ts'
import type { UserReads } from './user-reads.ts'

/** What comes and goes without a place in the log: typing, presence, rooms (docs/PROTOCOL.md, "Fleeting"). */
export class Ephemeral {
  readonly presences: Presences
  readonly typing: TypingNotices
  readonly rooms = new Rooms()
  readonly coalescer: Coalescer
  readonly lastSeen: LastSeen
  readonly blocks: Blocks

  constructor(services: { registry: Registry; audiences: Audiences; log: LogStore; reads: UserReads; clock: Clock; logger: Logger }) {
    this.coalescer = new Coalescer(services.clock, (session, userId) => this.presences.presenceFor(session, userId))
    this.lastSeen = new LastSeen(services)
    this.blocks = new Blocks(services)
    this.presences = new Presences({ ...services, lastSeen: this.lastSeen, coalescer: this.coalescer })
    this.typing = new TypingNotices({ ...services, blocks: this.blocks, coalescer: this.coalescer })
  }

  /** The session is in the registry. */
  began(session: Session): void {
    this.presences.began(session)
  }

  /** The session is not in the registry any more: nothing of it is left here. */
  ended(session: Session): void {
    this.coalescer.forget(session)
    this.typing.forget(session)
    this.rooms.forget(session)
    this.presences.ended(session)
  }

  /** An entry of a 1:1 or own conversation is on disk: what it says of users holds from now on. */
  stored({ conversationId, seq, sender, change }: Message): void {
    if (change?.block) this.#blocked(sender, change.block)
    else if (change?.status) this.presences.statusChanged(sender, change.status)
    else if (change?.contact || seq === 1) {
      const users = directUsers(conversationId)
      if (users) this.presences.related(...users)
    }
  }

  /** The same in a group, before its leaving members are taken out of `audience`. */
  storedInGroup({ came, went, dissolved }: Follows, audience: GroupAudience): void {
    this.presences.regrouped(dissolved ? audience.keys() : [...came, ...went], audience)
  }

  /** Stores when everybody was last online: the core goes down. */
  async flush(): Promise<void> {
    this.presences.noteAll()
    await this.lastSeen.flush()
  }

  #blocked(by: string, block: { user: string; removed: boolean }): void {
    this.blocks.changed(by, block)
    if (block.removed) this.presences.related(by, block.user)
    else this.presences.blocked(by, block.user)
  }
}
