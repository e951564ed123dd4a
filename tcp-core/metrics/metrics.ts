import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CloseName, ErrorName } from '../../shared/codes.ts'
import type { Handshake } from '../transports/handshake.ts'
import type { TransportKind } from '../transports/transport.ts'

/** Counted on the hot path as plain numbers; they become Prometheus counters when somebody asks. */
export interface Totals {
  framesIn: number
  framesOut: number
  bytesIn: number
  bytesOut: number
  messagesStored: number
  messagesRepeated: number
  deliveries: number
  gaps: number
  discontinuities: number
}

/** What is looked up at the moment of the scrape. */
export interface MetricSources {
  users(): number
  sessions(): Iterable<{ readonly connection: { readonly transport: { readonly kind: TransportKind } } }>
  unauthenticated(): number
  rooms(): number
  watching(): number
  pendingBytes(): number
  storageFault(): boolean
  loopDelayMs(): number
  uplinks(): { up: number; down: number }
}

const TOTAL_HELP: { [K in keyof Totals]: [name: string, help: string] } = {
  framesIn: ['hawser_frames_in_total', 'Frames received'],
  framesOut: ['hawser_frames_out_total', 'Frames written'],
  bytesIn: ['hawser_bytes_in_total', 'Bytes received'],
  bytesOut: ['hawser_bytes_out_total', 'Bytes of frames written'],
  messagesStored: ['hawser_messages_stored_total', 'Messages stored and acknowledged'],
  messagesRepeated: ['hawser_messages_repeated_total', 'Messages sent again and acknowledged as duplicates'],
  deliveries: ['hawser_deliveries_total', 'Messages pushed to sessions'],
  gaps: ['hawser_gaps_total', 'Times a conversation of a session went from push to pull'],
  discontinuities: ['hawser_discontinuities_total', 'Pages asked for by clients that knew another history than the log'],
}

/** The Prometheus metrics of a core. */
export class Metrics {
  readonly totals: Totals = {
    framesIn: 0,
    framesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    messagesStored: 0,
    messagesRepeated: 0,
    deliveries: 0,
    gaps: 0,
    discontinuities: 0,
  }
  readonly #registry = new Registry()
  readonly #sessionSeconds: Histogram<'reason' | 'transport'>
  readonly #refused: Counter<'code'>
  readonly #handshakes: Counter<'kind'>
  readonly #errors: Counter<'code'>
  readonly #policyAnswers: Counter<'answer'>

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#sessionSeconds = new Histogram({
      name: 'hawser_session_duration_seconds',
      help: 'How long sessions lasted, by why they ended and by door',
      labelNames: ['reason', 'transport'],
      buckets: [1, 10, 60, 600, 3600, 6 * 3600, 24 * 3600],
      registers,
    })
    this.#refused = new Counter({
      name: 'hawser_closes_before_login_total',
      help: 'Connections ended without a session, by code',
      labelNames: ['code'],
      registers,
    })
    this.#handshakes = new Counter({
      name: 'hawser_handshakes_failed_total',
      help: 'TLS handshakes that came to nothing and PROXY headers that were none, by kind',
      labelNames: ['kind'],
      registers,
    })
    this.#errors = new Counter({
      name: 'hawser_errors_total',
      help: 'Requests answered by ERROR, by code',
      labelNames: ['code'],
      registers,
    })
    this.#policyAnswers = new Counter({
      name: 'hawser_policy_answers_total',
      help: 'Questions put to the policy service, by its answer: allow, deny or failed',
      labelNames: ['answer'],
      registers,
    })
    for (const [key, [name, help]] of Object.entries(TOTAL_HELP)) {
      const { totals } = this
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset()
          this.inc(totals[key as keyof Totals])
        },
      })
    }
  }

  /** Adds the gauges that are looked up at each scrape. */
  watch(sources: MetricSources): void {
    this.#gauge('hawser_users', 'Users with a session', () => sources.users())
    this.#gauge('hawser_connections_unauthenticated', 'Connections that wait for their LOGIN', () => sources.unauthenticated())
    this.#gauge('hawser_rooms', 'Rooms that somebody is in', () => sources.rooms())
    this.#gauge('hawser_sessions_watching', 'Sessions that watch the presence of others', () => sources.watching())
    this.#gauge('hawser_log_pending_bytes', 'Bytes of memory in entries that wait for the disk', () => sources.pendingBytes())
    this.#gauge('hawser_storage_fault', 'Whether the log cannot be relied on: 1, else 0', () => Number(sources.storageFault()))
    this.#gauge('hawser_loop_delay_milliseconds', 'Mean delay of the event loop in the last half second', () => sources.loopDelayMs())
    this.#gauge('hawser_uplinks_up', 'Uplinks to bridge shards that are up', () => sources.uplinks().up)
    this.#gauge('hawser_uplinks_down', 'Uplinks to bridge shards that are being dialled', () => sources.uplinks().down)
    new Gauge({
      name: 'hawser_sessions',
      help: 'Sessions, by door',
      labelNames: ['transport'],
      registers: [this.#registry],
      collect() {
        const counts: Record<TransportKind, number> = { tcp: 0, tls: 0, ws: 0, edge: 0 }
        for (const { connection } of sources.sessions()) counts[connection.transport.kind]++
        for (const [transport, count] of Object.entries(counts)) this.set({ transport }, count)
      },
    })
  }

  sessionEnded(reason: CloseName, transport: TransportKind, durationMs: number): void {
    this.#sessionSeconds.observe({ reason, transport }, durationMs / 1000)
  }

  closedBeforeLogin(code: CloseName): void {
    this.#refused.inc({ code })
  }

  handshakeFailed(kind: Handshake): void {
    this.#handshakes.inc({ kind })
  }

  answeredError(code: ErrorName): void {
    this.#errors.inc({ code })
  }

  policyAnswered(answer: 'allow' | 'deny' | 'failed'): void {
    this.#policyAnswers.inc({ answer })
  }

  /** The text that Prometheus scrapes. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(value())
      },
    })
  }
}
