import type { Logger } from 'pino'
import type { CloseName } from '../../shared/codes.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Session } from '../sessions/session.ts'
import { endsTickets, endTickets, type TicketEndParts } from './end-tickets.ts'
import type { SessionWatcher } from './session-watcher.ts'

export interface SessionEndParts extends TicketEndParts {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly ephemeral: SessionWatcher
}

/** What establish-session.ts began is over: nothing of the session is left in the registry, and whoever watches it hears of it. */
export function endSession(parts: SessionEndParts, session: Session, reason: CloseName): void {
  const { clock, registry, ephemeral, metrics, logger } = parts
  const durationMs = clock.elapsed() - session.beganAt
  session.traced.ended = { at: clock.now(), reason }
  registry.remove(session)
  session.ackWait.forget()
  if (endsTickets(reason)) endTickets(parts, session.user.id)
  ephemeral.ended(session)
  metrics.sessionEnded(reason, session.connection.transport.kind, durationMs)
  logger.info({ ...session.facts(), reason, durationMs }, 'session ended')
}
