import type { Logger } from 'pino'
import { conversationKind, directUsers, ownConversationId } from '../../shared/conversation-id.ts'
import type { LogStore, MemberPosition } from '../log/log-store.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Session } from '../sessions/session.ts'
import type { Clock } from '../time/clock.ts'
import type { Audiences } from './audiences.ts'
import type { Deliver } from './deliver.ts'
import { MergedPositions } from './merged-positions.ts'

/** Delivered positions are merged for this long before they are stored and told. */
const MERGE_MS = 50
/** In a large group every message brings one of each member. */
const MERGE_LARGE_MS = 5000
/** After the log did not take them. */
const RETRY_MS = 1000
/** Of a user who lists, so many are stored at a time: between them what others send is stored. */
const OF_ONE_AT_ONCE = 250
/** Members of larger groups ask who has read a message; to tell each of each would grow with the square (Y3). */
const TOLD_MEMBERS = 100

/** Who has blocked whom. */
export interface BlockBook {
  /** Calls `work` as soon as the users' blocks are known; never, if the log cannot say. */
  use(users: readonly string[], work: () => void): void
  /** Whether either has blocked the other; true also where that is not known. */
  isBetween(a: string, b: string): boolean
}

/**
 * How far each member has got. Delivered positions come with every DELIVER_ACK, so they are
 * merged and stored off the hot path; a crash forgets at most the last of them, and the
 * client hides what is then delivered again. A read position is stored before its ack.
 */
export class Receipts {
  readonly #log: LogStore
  readonly #deliver: Deliver
  readonly #audiences: Audiences
  readonly #registry: Registry
  readonly #blocks: BlockBook
  readonly #logger: Logger
  readonly #soon: MergedPositions
  readonly #later: MergedPositions
  /** Being stored just now. */
  readonly #underWay = new Set<Promise<void>>()

  constructor(services: {
    log: LogStore
    deliver: Deliver
    audiences: Audiences
    registry: Registry
    blocks: BlockBook
    clock: Clock
    logger: Logger
  }) {
    this.#log = services.log
    this.#deliver = services.deliver
    this.#audiences = services.audiences
    this.#registry = services.registry
    this.#blocks = services.blocks
    this.#logger = services.logger
    this.#soon = new MergedPositions(services.clock, MERGE_MS, () => void this.#store(this.#soon, this.#soon.take()))
    this.#later = new MergedPositions(services.clock, MERGE_LARGE_MS, () => void this.#store(this.#later, this.#later.take()))
  }

  delivered(userId: string, conversationId: string, seq: number): void {
    switch (conversationKind(conversationId)) {
      case 'direct':
        // Somebody else's conversation: nothing to move.
        if (!directUsers(conversationId)?.includes(userId)) return
        break
      case 'own':
        if (conversationId !== ownConversationId(userId)) return
        break
      case 'group': {
        // Whether the user is, or was, a member, the log knows. Where the group's size is not known here, it may be large.
        const members = this.#audiences.known(conversationId)?.size ?? Number.POSITIVE_INFINITY
        if (members > TOLD_MEMBERS) return this.#later.add(conversationId, userId, seq)
        break
      }
      case undefined:
        return
    }
    this.#soon.add(conversationId, userId, seq)
  }

  /** Moves the read position and resolves to what holds now. */
  async read(session: Session, conversationId: string, seq: number): Promise<number> {
    const userId = session.user.id
    const [held] = await this.#log.advance([{ conversationId, userId, deliveredSeq: seq, readSeq: seq }])
    if (!held || held.readSeq === 0) return 0
    this.#tell(held, [userId], session)
    this.#tellOthers(held)
    return held.readSeq
  }

  /**
   * Resolves when what the user's sessions have acknowledged so far is in the log, so that the
   * list (Y3) shows it and nothing of it is delivered again to another copy of the user. Only
   * who lists waits for it. What the log does not take now (a full disk) is not waited for.
   */
  async settle(userId: string): Promise<void> {
    for (const merged of [this.#soon, this.#later]) {
      // What comes meanwhile is not waited for: it could go on for ever.
      for (let left = merged.countOf(userId); left > 0; left -= OF_ONE_AT_ONCE) {
        const stored = await this.#store(merged, merged.takeOf(userId, OF_ONE_AT_ONCE))
        if (!stored) break
      }
    }
    await Promise.all(this.#underWay)
  }

  /** Stores and tells what has been merged so far. What the log does not take now is tried again later. */
  async flush(): Promise<void> {
    await Promise.all([this.#soon, this.#later].map((merged) => this.#store(merged, merged.takeAll())))
  }

  /** Says whether the log took them. */
  async #store(merged: MergedPositions, positions: readonly MemberPosition[]): Promise<boolean> {
    if (positions.length === 0) return true
    const advancing = this.#log.advance(positions)
    const done = advancing.then(ignore, ignore)
    this.#underWay.add(done)
    try {
      for (const held of await advancing) if (held.deliveredSeq > 0) this.#tellOthers(held)
      return true
    } catch (error) {
      this.#logger.debug({ err: error }, 'delivered positions were not stored')
      merged.putBack(positions, RETRY_MS)
      return false
    } finally {
      this.#underWay.delete(done)
    }
  }

  #tell(receipt: MemberPosition, users: Iterable<string>, except?: Session): void {
    this.#deliver.event({ receipt, typing: [], presence: [] }, users, except)
  }

  /** P2: not those of whom one has blocked the other: what has arrived where tells who is there. */
  #tellOthers(receipt: MemberPosition): void {
    const { userId } = receipt
    const others = this.#others(receipt)
    if (others.length === 0) return
    this.#blocks.use([userId, ...others], () =>
      this.#tell(
        receipt,
        others.filter((other) => !this.#blocks.isBetween(userId, other)),
      ),
    )
  }

  /** Whom a receipt is pushed to besides its own user, as far as they are online. */
  #others({ conversationId, userId }: MemberPosition): string[] {
    const audience = this.#audiences.known(conversationId)
    if (audience && audience.size > TOLD_MEMBERS) return []
    const members = audience?.keys() ?? directUsers(conversationId) ?? []
    return [...members].filter((member) => member !== userId && this.#registry.user(member))
  }
}

function ignore(): void {}
