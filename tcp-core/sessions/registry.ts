import { LruCache } from '../limits/lru-cache.ts'
import type { UserLimits } from '../limits/rate-window.ts'
import type { Session } from './session.ts'
import { User } from './user.ts'

/** Users who have gone of late: coming back sets none of their limits back. */
const REMEMBERED_USERS = 10_000

/**
 * Who is online, shared by every door. User to sessions and session to user are both one
 * step. A removal is by identity: a session that was replaced under its id cannot remove
 * the one that replaced it.
 */
export class Registry {
  readonly #userLimits: UserLimits
  readonly #users = new Map<string, User>()
  readonly #sessions = new Map<string, Session>()
  readonly #gone = new LruCache<string, User>(REMEMBERED_USERS)

  /** `userLimits` is what all sessions of one user may send together. */
  constructor(userLimits: UserLimits) {
    this.#userLimits = userLimits
  }

  get userCount(): number {
    return this.#users.size
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  /** The user, if online. */
  user(userId: string): User | undefined {
    return this.#users.get(userId)
  }

  /** The user, made if not online yet; gone again unless a session is added. */
  userOrNew(userId: string): User {
    return this.#users.get(userId) ?? this.#gone.get(userId) ?? new User(userId, this.#userLimits)
  }

  users(): IterableIterator<User> {
    return this.#users.values()
  }

  session(sessionId: string): Session | undefined {
    return this.#sessions.get(sessionId)
  }

  sessions(): IterableIterator<Session> {
    return this.#sessions.values()
  }

  /** Says false, and changes nothing, if the id is taken by another session or this one is in already. */
  add(session: Session): boolean {
    if (this.#sessions.has(session.id)) return false
    this.#sessions.set(session.id, session)
    this.#users.set(session.user.id, session.user)
    session.user.sessions.add(session)
    return true
  }

  /** Says whether this very session was in. */
  remove(session: Session): boolean {
    if (this.#sessions.get(session.id) !== session) return false
    this.#sessions.delete(session.id)
    session.user.sessions.delete(session)
    if (session.user.sessions.size === 0) {
      this.#users.delete(session.user.id)
      this.#gone.set(session.user.id, session.user)
    }
    return true
  }
}
