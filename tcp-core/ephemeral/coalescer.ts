import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import type { Presence, Typing } from '../../shared/gen/hawser.ts'
import { isBehind } from '../delivery/deliver.ts'
import type { Session } from '../sessions/session.ts'
import type { Clock } from '../time/clock.ts'

/** T3 */
const REST_MS = 1000
/** Of one EVENT; what more people type in that second is lost. */
const MAX_TYPING = 100

/** What waits for a session until it may have its next EVENT. */
interface Outbox {
  readonly restsUntil: number
  /** By conversation and user. */
  readonly typing: Map<string, Typing>
  /** The users; how they are is looked up when it is told. */
  readonly presence: Set<string>
}

/**
 * Typing and presence on their way to sessions: the first goes at once, and what comes in the
 * second after it goes together, the latest of each (T3). A session is known here only during
 * that second, so idle ones cost nothing; all rest equally long, so one timer serves them.
 */
export class Coalescer {
  readonly #clock: Clock
  readonly #presenceFor: (session: Session, userId: string) => Presence | undefined
  /** Those whose rest is over first come first. */
  readonly #resting = new Map<Session, Outbox>()
  #cancelTimer: (() => void) | undefined

  /** `presenceFor` says how a user looks to a session now; undefined where there is nothing to tell. */
  constructor(clock: Clock, presenceFor: (session: Session, userId: string) => Presence | undefined) {
    this.#clock = clock
    this.#presenceFor = presenceFor
  }

  /** Sessions that it knows of. */
  get size(): number {
    return this.#resting.size
  }

  typing(typing: Typing, sessions: Iterable<Session>): void {
    let frame: Uint8Array | undefined
    for (const session of sessions) {
      const outbox = this.#resting.get(session)
      if (outbox) keepTyping(outbox, typing)
      else if (!isBehind(session)) {
        frame ??= encodeFrame(Command.EVENT, 0, { typing: [typing], presence: [] })
        this.#rest(session)
        session.connection.write(frame)
      }
    }
  }

  /** `presence` is how the user looks to these sessions now. */
  presence(presence: Presence, sessions: Iterable<Session>): void {
    let frame: Uint8Array | undefined
    for (const session of sessions) {
      const outbox = this.#resting.get(session)
      if (outbox) outbox.presence.add(presence.userId)
      else if (isBehind(session)) this.#rest(session, new Set([presence.userId]))
      else {
        frame ??= encodeFrame(Command.EVENT, 0, { typing: [], presence: [presence] })
        this.#rest(session)
        session.connection.write(frame)
      }
    }
  }

  /** The session is over. */
  forget(session: Session): void {
    if (!this.#resting.delete(session) || this.#resting.size > 0) return
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #rest(session: Session, presence: Set<string> = new Set()): void {
    this.#resting.set(session, { restsUntil: this.#clock.elapsed() + REST_MS, typing: new Map(), presence })
    this.#cancelTimer ??= this.#clock.after(REST_MS, () => this.#turn())
  }

  #turn(): void {
    const now = this.#clock.elapsed()
    let next: number | undefined
    for (const [session, outbox] of this.#resting) {
      if (outbox.restsUntil > now) {
        next = outbox.restsUntil
        break
      }
      this.#resting.delete(session)
      this.#tell(session, outbox)
    }
    this.#cancelTimer?.()
    this.#cancelTimer = next === undefined ? undefined : this.#clock.after(next - now, () => this.#turn())
  }

  #tell(session: Session, outbox: Outbox): void {
    if (isBehind(session)) {
      // Somebody who types is news for a moment only; how users are has to be right in the end.
      if (outbox.presence.size > 0) this.#rest(session, outbox.presence)
      return
    }
    const presence = [...outbox.presence].flatMap((userId) => this.#presenceFor(session, userId) ?? [])
    const typing = [...outbox.typing.values()]
    if (presence.length === 0 && typing.length === 0) return
    this.#rest(session)
    session.connection.send(Command.EVENT, 0, { typing, presence })
  }
}

function keepTyping({ typing: kept }: Outbox, typing: Typing): void {
  const key = `${typing.userId} ${typing.conversationId}`
  if (kept.size < MAX_TYPING || kept.has(key)) kept.set(key, typing)
}
