import type { Logger } from 'pino'
import { Command } from '../../shared/commands.ts'
import { CloseError } from '../../shared/errors.ts'
import { type CoreConfig, readConfig } from '../../tcp-core/config/config.ts'
import { type Core, makeCore } from '../../tcp-core/core.ts'
import { AccessList } from '../../tcp-core/limits/access-list.ts'
import type { Overload } from '../../tcp-core/limits/overload.ts'
import { drainReturnTime } from '../../tcp-core/limits/return-time.ts'
import { ConnectionSet } from '../../tcp-core/listeners/connection-set.ts'
import { Metrics } from '../../tcp-core/metrics/metrics.ts'
import { EndedTickets } from '../../tcp-core/sessions/ended-tickets.ts'
import { StreamTransport } from '../../tcp-core/transports/stream-transport.ts'
import { WebSocketTransport } from '../../tcp-core/transports/websocket-transport.ts'
import type { Kernel, MortalClock } from './kernel.ts'
import type { LineEnd } from './network.ts'
import type { SimulatedLog } from './simulated-log.ts'
import { StreamSocket } from './stream-socket.ts'
import type { UplinkLine } from './uplink-line.ts'
import { WebSocketEnd } from './web-socket-end.ts'

const TOKEN_LIFETIME_MS = 24 * 3_600_000
const TICKET_KEY = Buffer.from('the cores of one installation share it')
const TRACED_EVENTS = 64

const config = readConfig([], { HAWSER_TOKEN_SECRET: 'a secret that no token is signed with', HAWSER_MAX_LOOP_DELAY_MS: '3600000' })
// Prometheus' own collectors look at the process: one set serves all cores.
const metrics = new Metrics()

let latest: Core | undefined

/** The core of the latest life: a mutant has no other way to it. */
export function currentCore(): Core | undefined {
  return latest
}

/** One life of the core, from start to crash: the real classes, put together as server.ts does. */
export class SimulatedCore {
  readonly core: Core
  readonly log: SimulatedLog
  readonly clock: MortalClock
  readonly #connections: ConnectionSet
  readonly #lines = new Set<LineEnd>()

  constructor(kernel: Kernel, clock: MortalClock, log: SimulatedLog, settings: Partial<CoreConfig>) {
    this.clock = clock
    this.log = log
    this.core = assemble(kernel, clock, log, { ...config, ...settings })
    this.#connections = new ConnectionSet(this.core)
    latest = this.core
  }

  /** A peer at the TCP door. */
  acceptStream(line: LineEnd, address: string): void {
    const socket = new StreamSocket(line)
    const transport = new StreamTransport(socket.asSocket(), 'tcp', address)
    this.#lines.add(line)
    const entry = this.#connections.enter(address)
    if ('code' in entry) transport.refuse(entry)
    else this.#connections.accept(transport, entry)
  }

  /** A peer at the WebSocket door. */
  acceptWebSocket(line: LineEnd, address: string): void {
    const socket = new WebSocketEnd(line)
    this.#lines.add(line)
    const entry = this.#connections.enter(address)
    if ('code' in entry) socket.terminate()
    else this.#connections.accept(new WebSocketTransport(socket.asSocket(), address), entry)
  }

  /** A line that dies with this core. */
  holds(line: LineEnd): void {
    this.#lines.add(line)
  }

  /** As CoreServer.stop: what was sent is stored and acknowledged, then everybody is told to come back. */
  async stop(uplink: UplinkLine | undefined): Promise<void> {
    this.#connections.pause()
    await this.core.receipts.flush()
    await this.log.close()
    uplink?.stop()
    await this.#connections.close('going_away', (connection) => {
      connection.send(Command.GOAWAY, 0, { reason: 'drain', reconnectAfterMs: drainReturnTime(this.core.config) })
    })
  }

  /** Power is gone: nothing it had planned happens, nobody is told anything but by the network. */
  crash(): void {
    this.clock.die()
    this.log.crash()
    for (const line of this.#lines) line.drop()
  }
}

function assemble(kernel: Kernel, clock: MortalClock, log: SimulatedLog, config: CoreConfig): Core {
  const logger = complaining(kernel)
  return makeCore(
    {
      config,
      clock,
      logger,
      log,
      verifyToken: tokenVerifier(kernel, clock),
      acceptsTokenKey: () => true,
      ticketKey: TICKET_KEY,
      endedTickets: new EndedTickets(7 * 86_400_000),
      metrics,
      access: new AccessList('/nonexistent/access.json', clock, logger),
      // The real one watches this process's event loop.
      overload: { returnTime: () => undefined } as unknown as Overload,
    },
    { tracedEvents: TRACED_EVENTS },
  )
}

/** A token is its user's name; checking one takes a while, as fetching keys does. */
function tokenVerifier(kernel: Kernel, clock: MortalClock): Core['verifyToken'] {
  return (token) =>
    new Promise((resolve, reject) => {
      clock.after(kernel.random.spread(0.05, 20), () => {
        if (token === '') reject(new CloseError('token_invalid'))
        else resolve({ userId: token, expiresAt: kernel.now() + TOKEN_LIFETIME_MS, keyName: '' })
      })
    })
}

/** What the core logs as an error is one. */
function complaining(kernel: Kernel): Logger {
  const quiet = (): void => {}
  const error = (facts: { err?: Error }, what: string): void => kernel.breach(`the core logged "${what}": ${facts.err?.stack ?? ''}`)
  return { debug: quiet, info: quiet, warn: quiet, error } as unknown as Logger
}
