import type { Logger } from 'pino'
import type { TokenVerifier } from '../../shared/token.ts'
import { type CoreConfig, readConfig } from '../../tcp-core/config/config.ts'
import { type Core, makeCore } from '../../tcp-core/core.ts'
import { AccessList } from '../../tcp-core/limits/access-list.ts'
import type { Overload } from '../../tcp-core/limits/overload.ts'
import type { LogStore } from '../../tcp-core/log/log-store.ts'
import { Metrics } from '../../tcp-core/metrics/metrics.ts'
import { EndedTickets } from '../../tcp-core/sessions/ended-tickets.ts'
import type { Clock } from '../../tcp-core/time/clock.ts'

/** Of the wheel that deadlines are on; the real one has more slots. */
export const SLOT_MS = 500
const SLOTS = 32
const TRACED_EVENTS = 64

const defaults = readConfig([], { HAWSER_TOKEN_SECRET: 'a secret that no token is signed with' })
// Prometheus' own collectors look at the process: one set serves all cores.
const metrics = new Metrics()

export interface VirtualParts {
  readonly clock: Clock
  readonly log: LogStore
  readonly verifyToken: TokenVerifier
  readonly settings?: Partial<CoreConfig>
  /** Milliseconds after which a new login is to come back, while the core is overloaded. */
  readonly returnTime?: () => number | undefined
  /** Whatever the core logs as an error. */
  readonly complain: (what: string, error: unknown) => void
}

/** The core's own classes, put together as server.ts does, without doors, on a clock and a log that the test turns. */
export function virtualCore({ clock, log, verifyToken, settings, returnTime = () => undefined, complain }: VirtualParts): Core {
  const config = { ...defaults, ...settings }
  const logger = quietLogger(complain)
  return makeCore(
    {
      config,
      clock,
      logger,
      log,
      verifyToken,
      acceptsTokenKey: () => true,
      ticketKey: Buffer.from('a key of thirty-two bytes or more'),
      endedTickets: new EndedTickets(7 * 86_400_000),
      metrics,
      access: new AccessList('/nonexistent/access.json', clock, logger),
      // The real one watches this process's event loop.
      overload: { returnTime } as unknown as Overload,
    },
    { tracedEvents: TRACED_EVENTS, deadlineSlots: SLOTS },
  )
}

function quietLogger(complain: VirtualParts['complain']): Logger {
  const quiet = (): void => {}
  return {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: ({ err }: { err?: unknown }, what: string) => complain(what, err),
  } as unknown as Logger
}
