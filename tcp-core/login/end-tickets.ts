import type { CloseName } from '../../shared/codes.ts'
import type { EndedTickets } from '../sessions/ended-tickets.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Clock } from '../time/clock.ts'

/** Closes after which a session is not to come back by its ticket (L8). */
const ENDING: ReadonlySet<CloseName> = new Set<CloseName>(['logged_out', 'kicked', 'denied', 'displaced'])

/** What it takes to end tickets. */
export interface TicketEndParts {
  readonly clock: Clock
  readonly registry: Registry
  readonly endedTickets: EndedTickets
}

export function endsTickets(reason: CloseName): boolean {
  return ENDING.has(reason)
}

/**
 * Ends the tickets that the user has had until now. The sessions that go on get new ones, once
 * for all that end in the same turn of the event loop.
 */
export function endTickets({ clock, registry, endedTickets }: TicketEndParts, userId: string): void {
  endedTickets.end(userId, clock.now())
  const user = registry.user(userId)
  if (!user || user.ticketsDue) return
  user.ticketsDue = true
  queueMicrotask(() => {
    user.ticketsDue = false
    for (const session of user.sessions) session.handTicket()
  })
}
