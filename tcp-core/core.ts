import type { Logger } from 'pino'
import type { TokenVerifier } from '../shared/token.ts'
import type { CoreConfig } from './config/config.ts'
import { Audiences } from './delivery/audiences.ts'
import { Committed } from './delivery/committed.ts'
import { Deliver } from './delivery/deliver.ts'
import { DeliveryTurns } from './delivery/delivery-turns.ts'
import { Receipts } from './delivery/receipts.ts'
import { Trace } from './delivery/trace.ts'
import { Ephemeral } from './ephemeral/ephemeral.ts'
import { UserReads } from './ephemeral/user-reads.ts'
import { dispatch, type HandlerParts } from './handlers/router.ts'
import type { AccessList } from './limits/access-list.ts'
import { FairTurns } from './limits/fair-turns.ts'
import { Gate } from './limits/gate.ts'
import { Intake } from './limits/intake.ts'
import { parseNetworks } from './limits/ip-address.ts'
import type { Overload } from './limits/overload.ts'
import type { LogStore } from './log/log-store.ts'
import { endSession } from './login/end-session.ts'
import type { Metrics } from './metrics/metrics.ts'
import { PolicyHook } from './policy/policy-hook.ts'
import type { ConnectionParts } from './sessions/connection.ts'
import type { EndedTickets } from './sessions/ended-tickets.ts'
import { Generations } from './sessions/generations.ts'
import { Registry } from './sessions/registry.ts'
import { TicketBox } from './sessions/ticket.ts'
import { Alarm } from './time/alarm.ts'
import type { Clock } from './time/clock.ts'
import { TimingWheel } from './time/timing-wheel.ts'

const DAY_MS = 86_400_000
const DEADLINE_SLOT_MS = 500
const DEADLINE_SLOTS = 256
/** Questions of users that the log works on: enough that its threads are never idle for the way of an answer. */
const READS_AT_ONCE = 2

/** What a core has from outside: the world it lives in. */
export interface CoreParts {
  readonly config: CoreConfig
  readonly clock: Clock
  readonly logger: Logger
  readonly log: LogStore
  readonly verifyToken: TokenVerifier
  /** Whether tokens of the key of this name are still taken. */
  readonly acceptsTokenKey: (keyName: string) => boolean
  readonly ticketKey: Uint8Array
  /** The one before it, while tickets of it are taken still. */
  readonly previousTicketKey?: Uint8Array | undefined
  readonly endedTickets: EndedTickets
  readonly metrics: Metrics
  readonly access: AccessList
  readonly overload: Overload
}

/** The services of a core, put together. Each takes of them what it names in its own parts, never all. */
export interface Core extends Omit<CoreParts, 'ticketKey' | 'previousTicketKey'>, HandlerParts, ConnectionParts {
  readonly config: CoreConfig

  readonly registry: Registry
  readonly generations: Generations
  /** What users ask of the log. */
  readonly reads: UserReads
  readonly deliver: Deliver
  readonly deliveryTurns: DeliveryTurns
  readonly audiences: Audiences
  readonly committed: Committed
  readonly trace: Trace
  readonly receipts: Receipts
  /** Rings when something in the log is due. */
  readonly alarm: Alarm
  readonly policy: PolicyHook | undefined
  readonly ephemeral: Ephemeral
  readonly tickets: TicketBox
  readonly gate: Gate
  readonly intake: Intake
  /** Login and heartbeat deadlines of all connections. */
  readonly deadlines: TimingWheel
}

/** Puts the services together, once; `sizes` are for tests that make many. */
export function makeCore(
  { ticketKey, previousTicketKey, ...parts }: CoreParts,
  sizes: { readonly tracedEvents?: number; readonly deadlineSlots?: number } = {},
): Core {
  const { config, clock, logger, log, metrics, access } = parts
  const registry = new Registry({
    packetsPerSecond: config.userPacketsPerSecond,
    bytesPerSecond: config.userBytesPerSecond,
    millisecondsPerSecond: config.userMillisecondsPerSecond,
  })
  const trace = new Trace(clock, sizes.tracedEvents)
  const deliver = new Deliver(registry, metrics.totals, trace)
  const audiences = new Audiences({ log, clock, logger })
  const reads = new UserReads(log, new FairTurns(clock, READS_AT_ONCE, config.userReadMillisecondsPerSecond))
  const ephemeral = new Ephemeral({ registry, audiences, log, reads, clock, logger })
  const deliveryTurns = new DeliveryTurns(clock)
  const alarm = new Alarm(clock)
  const core: Core = {
    ...parts,
    registry,
    generations: new Generations(),
    reads,
    deliver,
    committed: new Committed({ registry, audiences, deliver, deliveryTurns, alarm, ephemeral }),
    deliveryTurns,
    audiences,
    trace,
    receipts: new Receipts({ log, deliver, audiences, registry, blocks: ephemeral.blocks, clock, logger }),
    ephemeral,
    alarm,
    policy: config.policyUrl === '' ? undefined : new PolicyHook(config, { clock, logger, metrics }),
    tickets: new TicketBox({
      key: ticketKey,
      previousKey: previousTicketKey,
      lifeMs: config.ticketDays * DAY_MS,
      ended: parts.endedTickets,
      acceptsTokenKey: parts.acceptsTokenKey,
    }),
    gate: new Gate(access, config, parseNetworks(config.exemptNetworks), clock),
    intake: new Intake(),
    deadlines: new TimingWheel(clock, DEADLINE_SLOT_MS, sizes.deadlineSlots ?? DEADLINE_SLOTS),
    handle: (connection, frame) => dispatch(core, connection, frame),
    sessionEnded: (session, reason) => endSession(core, session, reason),
  }
  return core
}
