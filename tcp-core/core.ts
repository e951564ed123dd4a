import type { Logger } from 'pino'
import type { TokenVerifier } from '../shared/token.ts'
import type { Clock } from './clock.ts'
import type { CoreConfig } from './config.ts'
import type { Deliver } from './deliver.ts'
import type { AccessList } from './limits/access-list.ts'
import type { Gate } from './limits/gate.ts'
import type { Intake } from './limits/intake.ts'
import type { Overload } from './limits/overload.ts'
import type { LogStore } from './log/log-store.ts'
import type { Metrics } from './metrics.ts'
import type { Receipts } from './receipts.ts'
import type { Registry } from './registry.ts'
import type { TicketBox } from './ticket.ts'
import type { TimingWheel } from './timing-wheel.ts'
import type { Trace } from './trace.ts'

/** The services that connections and handlers work with; made once, in server.ts. */
export interface Core {
  readonly config: CoreConfig
  readonly clock: Clock
  readonly logger: Logger
  readonly registry: Registry
  readonly log: LogStore
  readonly deliver: Deliver
  readonly trace: Trace
  readonly receipts: Receipts
  readonly verifyToken: TokenVerifier
  readonly tickets: TicketBox
  readonly metrics: Metrics
  readonly access: AccessList
  readonly gate: Gate
  readonly intake: Intake
  readonly overload: Overload
  /** Login and heartbeat deadlines of all connections. */
  readonly deadlines: TimingWheel
}
