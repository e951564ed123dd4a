import type { CloseName } from '../../shared/codes.ts'
import type { Core } from '../core.ts'

/** Closes after which a session is not to come back by its ticket (L8). */
const ENDING: ReadonlySet<CloseName> = new Set<CloseName>(['logged_out', 'kicked', 'denied', 'displaced'])

export function endsTickets(reason: CloseName): boolean {
  return ENDING.has(reason)
}

/**
 * Ends the tickets that the user has had until now. The sessions that go on get new ones, once
 * for all that end in the same turn of the event loop.
 */
export function endTickets(core: Core, userId: string): void {
  core.endedTickets.end(userId, core.clock.now())
  const user = core.registry.user(userId)
  if (!user || user.ticketsDue) return
  user.ticketsDue = true
  queueMicrotask(() => {
    user.ticketsDue = false
    for (const session of user.sessions) session.handTicket()
  })
}
