import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createTokenVerifier } from '../shared/token.ts'
import { systemClock } from './clock.ts'
import type { CoreConfig } from './config.ts'
import { ConnectionSet } from './connection-set.ts'
import type { Core } from './core.ts'
import { Deliver } from './deliver.ts'
import { loadKeys } from './keys.ts'
import type { Accept, Door } from './listeners/door.ts'
import { listenTcp } from './listeners/tcp-listener.ts'
import { listenWebSocket } from './listeners/websocket-listener.ts'
import { ThreadedLog } from './log/threaded-log.ts'
import { Receipts } from './receipts.ts'
import { Registry } from './registry.ts'
import { TicketBox } from './ticket.ts'
import { TimingWheel } from './timing-wheel.ts'
import { UplinkDialer } from './uplink/dialer.ts'

const DEADLINE_SLOT_MS = 500
const DEADLINE_SLOTS = 256

/** A running core: its services, its doors and its uplinks. */
export class CoreServer {
  readonly tcp: Door
  readonly ws: Door
  readonly #core: Core
  readonly #connections: ConnectionSet
  readonly #dialers: readonly UplinkDialer[]

  private constructor(core: Core, connections: ConnectionSet, doors: { tcp: Door; ws: Door }, dialers: readonly UplinkDialer[]) {
    this.#core = core
    this.#connections = connections
    this.tcp = doors.tcp
    this.ws = doors.ws
    this.#dialers = dialers
  }

  /** Resolves when every door is open. `onFatal` is called if the core cannot go on. */
  static async start(config: CoreConfig, logger: Logger, onFatal: (error: Error) => void): Promise<CoreServer> {
    const keys = loadKeys(config.data, config.uplinkKey)
    const verifyToken = await createTokenVerifier({ key: config.key, issuer: config.tokenIssuer, audience: config.tokenAudience })
    const clock = systemClock
    const registry = new Registry()
    const deliver = new Deliver(registry)
    const log = await ThreadedLog.open(join(config.data, 'log.sqlite'), onFatal)
    const core: Core = {
      config,
      clock,
      logger,
      registry,
      log,
      deliver,
      receipts: new Receipts({ log, deliver, clock, logger }),
      verifyToken,
      tickets: new TicketBox(keys.ticket),
      deadlines: new TimingWheel(clock, DEADLINE_SLOT_MS, DEADLINE_SLOTS),
    }
    const connections = new ConnectionSet()
    const accept: Accept = (transport) => connections.accept(core, transport)
    const { host } = config
    const tcp = await listenTcp({ host, port: config.tcpPort }, accept)
    const ws = await listenWebSocket({ ...config, port: config.wsPort }, accept)
    const coreId = randomUUID()
    const dialers = Array.from({ length: config.edge === '' ? 0 : config.edgeShards }, (_, index) => {
      return new UplinkDialer(core, { coreId, key: keys.uplink, edge: config.edge, shard: `s${index}` })
    })
    for (const dialer of dialers) dialer.start()
    return new CoreServer(core, connections, { tcp, ws }, dialers)
  }

  /**
   * Stops without losing anything: no new peers, what was sent is stored, its acks go out,
   * then the closes. Browsers at the edge stay connected there.
   */
  async stop(): Promise<void> {
    this.tcp.stop()
    this.ws.stop()
    this.#connections.pause()
    await this.#core.receipts.flush()
    await this.#core.log.close()
    for (const dialer of this.#dialers) dialer.stop()
    await this.#connections.close('going_away')
    this.#core.deadlines.stop()
  }
}
