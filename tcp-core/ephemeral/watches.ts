import type { DeviceClass, PresenceAudience } from '../../shared/gen/hawser.ts'
import type { Session } from '../sessions/session.ts'

/** What a session may see of a user: `unsure` until the log has said. */
export type Standing = 'unsure' | 'seen' | 'hidden'

/** A user whom somebody watches, as watchers have been told. */
export interface Watched {
  readonly watchers: Set<Session>
  /** In ascending order. */
  online: readonly DeviceClass[]
  /** Milliseconds since 1970. */
  lastSeen: number
  status: string
  /** Undefined until the log has said. */
  audience: PresenceAudience | undefined
}

/** Who watches whom, found from either side. */
export class Watches {
  readonly #sessions = new Map<Session, Map<string, Standing>>()
  readonly #users = new Map<string, Watched>()

  /** Sessions that watch somebody. */
  get sessionCount(): number {
    return this.#sessions.size
  }

  /** Users whom somebody watches. */
  get userCount(): number {
    return this.#users.size
  }

  watched(userId: string): Watched | undefined {
    return this.#users.get(userId)
  }

  /** Whom a session watches. */
  of(session: Session): ReadonlyMap<string, Standing> | undefined {
    return this.#sessions.get(session)
  }

  /** Undefined where the session does not watch the user. */
  standing(session: Session, userId: string): Standing | undefined {
    return this.#sessions.get(session)?.get(userId)
  }

  setStanding(session: Session, userId: string, standing: Standing): void {
    const own = this.#sessions.get(session)
    if (own?.has(userId)) own.set(userId, standing)
  }

  /** Says false where the session did so already. `make` is called for a user whom nobody watched. */
  add(session: Session, userId: string, make: (watchers: Set<Session>) => Watched): boolean {
    let own = this.#sessions.get(session)
    if (!own) {
      own = new Map()
      this.#sessions.set(session, own)
    }
    if (own.has(userId)) return false
    own.set(userId, 'unsure')
    const watched = this.#users.get(userId)
    if (watched) watched.watchers.add(session)
    else this.#users.set(userId, make(new Set([session])))
    return true
  }

  remove(session: Session, userId: string): void {
    const own = this.#sessions.get(session)
    if (!own?.delete(userId)) return
    if (own.size === 0) this.#sessions.delete(session)
    const watched = this.#users.get(userId)
    watched?.watchers.delete(session)
    if (watched?.watchers.size === 0) this.#users.delete(userId)
  }

  /** The session is over. */
  forget(session: Session): void {
    for (const userId of this.#sessions.get(session)?.keys() ?? []) this.remove(session, userId)
  }
}
