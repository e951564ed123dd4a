import { isBehind } from '../delivery/deliver.ts'
import type { Session } from '../sessions/session.ts'

/** Writes one frame to sessions, the same bytes to all; those that are behind go without. Gives to how many it went. */
export function sendTo(sessions: Iterable<Session>, frame: Uint8Array, except?: Session): number {
  let count = 0
  for (const session of sessions) {
    if (session === except || isBehind(session)) continue
    session.connection.write(frame)
    count++
  }
  return count
}
