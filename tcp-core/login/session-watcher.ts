import type { Session } from '../sessions/session.ts'

/** Hears of every session that begins and of every one that ends. */
export interface SessionWatcher {
  /** The session is in the registry. */
  began(session: Session): void
  /** The session is not in the registry any more. */
  ended(session: Session): void
}
