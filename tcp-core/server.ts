import { join } from 'node:path'
import type { Logger } from 'pino'
import { Command } from '../shared/commands.ts'
import { createTokenDoor, type TokenDoor } from '../shared/token.ts'
import { listenAdmin } from './admin/admin-door.ts'
import { ConfigError, type CoreConfig } from './config/config.ts'
import { type CoreKeys, hasKeys, loadKeys } from './config/keys.ts'
import { type Core, makeCore } from './core.ts'
import { type DataLock, lockDataFolder } from './files/data-lock.ts'
import { FileFault } from './files/file-fault.ts'
import { closeToOthers, makePrivateFolder } from './files/private-files.ts'
import { AccessList } from './limits/access-list.ts'
import { parseNetworks } from './limits/ip-address.ts'
import { Overload } from './limits/overload.ts'
import { drainReturnTime } from './limits/return-time.ts'
import { ConnectionSet } from './listeners/connection-set.ts'
import type { Door } from './listeners/door.ts'
import { listenStream } from './listeners/stream-listener.ts'
import { checkTlsFiles } from './listeners/tls-files.ts'
import { TlsGate } from './listeners/tls-gate.ts'
import { listenWebSocket } from './listeners/websocket-listener.ts'
import { logRules } from './log/log-rules.ts'
import { openLog } from './log/sqlite/open-log.ts'
import type { ThreadedLog } from './log/sqlite/threaded-log.ts'
import { endRefused } from './login/end-refused.ts'
import { Metrics } from './metrics/metrics.ts'
import { keepHouse } from './sending/housekeeping.ts'
import { keepIdsFor } from './sending/id-retention.ts'
import type { Connection } from './sessions/connection.ts'
import { EndedTickets } from './sessions/ended-tickets.ts'
import { type Clock, systemClock } from './time/clock.ts'
import { UplinkDialer } from './uplink/dialer.ts'

const DAY_MS = 86_400_000
const JWKS_REFRESH_MS = 120_000

interface Doors {
  readonly tcp: Door
  readonly tls: Door | undefined
  readonly ws: Door
  readonly admin: Door
}

/** A running core: its services, its doors and its uplinks. */
export class CoreServer {
  readonly doors: Doors
  readonly #core: Core
  readonly #lock: DataLock
  readonly #connections: ConnectionSet
  readonly #tlsGate: TlsGate | undefined
  readonly #dialers: readonly UplinkDialer[]

  private constructor(
    core: Core,
    lock: DataLock,
    connections: ConnectionSet,
    doors: Doors,
    tlsGate: TlsGate | undefined,
    dialers: UplinkDialer[],
  ) {
    this.#core = core
    this.#lock = lock
    this.#connections = connections
    this.doors = doors
    this.#tlsGate = tlsGate
    this.#dialers = dialers
  }

  /** Resolves when every door is open. `onFatal` is called if the core cannot go on. */
  static async start(config: CoreConfig, logger: Logger, onFatal: (error: Error) => void): Promise<CoreServer> {
    makePrivateFolder(config.data)
    const lock = lockDataFolder(config.data)
    const log = await openLog({
      path: join(config.data, 'log.sqlite'),
      rules: logRules(config),
      hadLog: hasKeys(config.data),
      mayBeNew: config.newLog === 'yes',
      logger,
      died: onFatal,
    })
    // After the log: keys without one mean that it was lost.
    const keys = loadKeys(config)
    for (const open of closeToOthers(config.data)) logger.warn(open, 'readable by others, and its mode cannot be changed')
    const core = await openCore(config, log, keys, logger)
    if (config.idRetentionDays > 0) keepIdsFor(config.idRetentionDays, core)
    keepHouse(core)
    const dialers = makeDialers(core, keys)
    core.metrics.watch({
      users: () => core.registry.userCount,
      sessions: () => core.registry.sessions(),
      unauthenticated: () => core.gate.unauthenticated,
      rooms: () => core.ephemeral.rooms.size,
      watching: () => core.ephemeral.presences.watches.sessionCount,
      pendingBytes: () => core.intake.pendingBytes,
      storageFault: () => core.log.fault !== undefined,
      loopDelayMs: () => core.overload.loopDelayMs,
      uplinks: () => {
        const up = dialers.filter((dialer) => dialer.uplink !== undefined).length
        return { up, down: dialers.length - up }
      },
    })
    const connections = new ConnectionSet(core)
    const { host, loginTimeoutMs } = config
    const stream = { host, loginTimeoutMs, proxyFrom: parseNetworks(config.proxyFrom) }
    const tls = openTlsGate(config)
    const doors: Doors = {
      tcp: await listenStream({ ...stream, port: config.tcpPort }, connections),
      tls: tls && (await listenStream({ ...stream, port: Number(config.tlsPort), tls }, connections)),
      ws: await listenWebSocket({ ...config, proxyFrom: stream.proxyFrom, port: config.wsPort }, connections),
      admin: await listenAdmin(core, {
        host: config.adminHost,
        port: config.adminPort,
        key: keys.admin,
        uplinks: () => dialers.map((dialer) => dialer.view()),
      }),
    }
    for (const dialer of dialers) dialer.start()
    return new CoreServer(core, lock, connections, doors, tls, dialers)
  }

  /** Reads certificates and access lists again. What is wrong is logged, and what held goes on. */
  reload(): void {
    for (const [what, reload] of [
      ['certificate', () => this.#tlsGate?.reload()],
      [
        'access lists',
        () => {
          this.#core.access.reload()
          endRefused(this.#core)
        },
      ],
    ] as const) {
      try {
        reload()
        this.#core.logger.info(`${what} reloaded`)
      } catch (error) {
        this.#core.logger.error({ err: error }, `${what} not reloaded`)
      }
    }
  }

  /**
   * Stops without losing anything: no new peers, what was sent is stored, its acks go out,
   * then GOAWAY with a return time of each client's own, and the closes. Browsers at the
   * edge stay connected there.
   */
  async stop(): Promise<void> {
    for (const door of Object.values(this.doors) as (Door | undefined)[]) door?.stop()
    this.#core.alarm.stop()
    this.#connections.pause()
    await this.#core.receipts.flush()
    await this.#core.ephemeral.flush()
    await this.#core.log.close()
    for (const dialer of this.#dialers) dialer.stop()
    await this.#connections.close('going_away', (connection) => this.#sayGoAway(connection))
    this.#core.deadlines.stop()
    this.#core.overload.stop()
    this.#lock.release()
  }

  #sayGoAway(connection: Connection): void {
    connection.send(Command.GOAWAY, 0, { reason: 'drain', reconnectAfterMs: drainReturnTime(this.#core.config) })
  }
}

async function openCore(config: CoreConfig, log: ThreadedLog, keys: CoreKeys, logger: Logger): Promise<Core> {
  const clock = systemClock
  const tokens = await openTokenDoor(config, logger)
  return makeCore({
    config,
    clock,
    logger,
    log,
    verifyToken: tokens.verify,
    acceptsTokenKey: tokens.accepts,
    ticketKey: keys.ticket,
    previousTicketKey: keys.previousTicket,
    endedTickets: openEndedTickets(config, logger, clock),
    metrics: new Metrics(),
    access: openAccessList(join(config.data, 'access.json'), clock, logger),
    overload: new Overload({ maxLoopDelayMs: config.maxLoopDelayMs, maxMemoryBytes: config.maxMemoryMb * 1024 * 1024 }, clock),
  })
}

/** A JWKS is looked at now and then: a key that was taken out of it is not taken for longer (L2). */
async function openTokenDoor(config: CoreConfig, logger: Logger): Promise<TokenDoor> {
  let isAway = false
  let knownFaults = ''
  const looked = (failure: Error | undefined, faults: readonly string[]): void => {
    if (failure && !isAway) logger.warn({ err: failure }, 'the JWKS cannot be fetched; the keys that it had are used on')
    if (!failure && isAway) logger.info('the JWKS is there again')
    isAway = failure !== undefined
    if (faults.join() !== knownFaults && faults.length > 0) logger.warn({ faults }, 'the JWKS has keys that are not taken')
    if (!failure) knownFaults = faults.join()
  }
  const rules = { key: config.key, issuer: config.tokenIssuer, audience: config.tokenAudience }
  const door = await createTokenDoor(rules, { looked, background: (work) => void work }).catch((cause: Error) => {
    throw new ConfigError(`the key for users' tokens cannot be used: ${cause.message}`, { cause })
  })
  if (config.key.kind === 'jwks') {
    door.refresh()
    setInterval(() => door.refresh(), JWKS_REFRESH_MS).unref()
  }
  return door
}

function makeDialers(core: Core, { uplink: key, coreId }: CoreKeys): UplinkDialer[] {
  const { edge, edgeShards } = core.config
  const identity = { coreId, startedAt: core.clock.now() }
  if (edge === '') return []
  return edgeShards.map((shard) => new UplinkDialer(core, { identity, key, edge, shard }))
}

function openEndedTickets({ data, ticketDays }: CoreConfig, logger: Logger, clock: Clock): EndedTickets {
  const path = join(data, 'ended-tickets.jsonl')
  try {
    return new EndedTickets(ticketDays * DAY_MS, { path, logger, clock })
  } catch (cause) {
    const mend = 'delete it: then tickets that a logout or a kick had ended hold again'
    if ((cause as NodeJS.ErrnoException).code) throw FileFault.of(path, cause, mend)
    throw new FileFault(path, `is not right (${(cause as Error).message})`, mend, { cause })
  }
}

function openAccessList(path: string, clock: Clock, logger: Logger): AccessList {
  try {
    return new AccessList(path, clock, logger)
  } catch (cause) {
    const mend = 'mend it, or delete it: then everybody may come in'
    if ((cause as NodeJS.ErrnoException).code) throw FileFault.of(path, cause, mend)
    throw new FileFault(path, `is not right (${(cause as Error).message.replace(`${path}: `, '')})`, mend, { cause })
  }
}

function openTlsGate({ tlsPort, tlsCert: cert, tlsKey: key, tlsClientCa: clientCa, loginTimeoutMs }: CoreConfig): TlsGate | undefined {
  if (tlsPort === '') return undefined
  const files = { cert, key, clientCa }
  checkTlsFiles(files)
  return new TlsGate(files, loginTimeoutMs)
}
