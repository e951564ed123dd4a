import { DurableObject } from 'cloudflare:workers'
import { type CloseName, CODES } from '../../shared/codes.ts'
import { CloseError } from '../../shared/errors.ts'
import { DEFAULT_MAX_FRAME_BYTES } from '../../shared/frame.ts'
import { SUBPROTOCOL, TEXT_PING, TEXT_PONG } from '../../shared/subprotocol.ts'
import { UPLINK_SUBPROTOCOL, UPLINK_TIME_HEADER, uplinkFrame } from '../../shared/uplink.ts'
import { closeSocket, closeSocketAs } from '../env/close-socket.ts'
import type { Env } from '../env/env.ts'
import { Refusal } from '../env/refusal.ts'
import { DRAIN_PATH, ShardHeader } from '../env/shard-request.ts'
import { Alarm } from './alarm.ts'
import type { Channel } from './channel.ts'
import { Channels } from './channels.ts'
import { ConnectRates } from './connect-rate.ts'
import { CoreFrames } from './core-frames.ts'
import { InFlight } from './in-flight.ts'
import { Outage } from './outage.ts'
import { Ownership } from './ownership.ts'
import { MAX_USER_AGENT_LENGTH } from './socket-attachment.ts'
import { Sweep } from './sweep.ts'
import type { Uplink } from './uplink.ts'
import { Uplinks } from './uplinks.ts'
import { UsedTokens } from './used-tokens.ts'
import { WaitingRoom } from './waiting-room.ts'

/** The longest WebSocket message of a browser: a frame of the longest kind with its length field (F1). */
const MAX_MESSAGE_BYTES = DEFAULT_MAX_FRAME_BYTES + 4

/**
 * A bridge shard: it holds the WebSockets of many browsers and the uplinks of the cores, of
 * which one has the browsers' sessions, and passes frames between them unread
 * (docs/PROTOCOL.md, "Uplink").
 *
 * It hibernates while nothing moves: sockets are the runtime's, what must outlast a wake-up is
 * in their attachments or in storage, and everything in memory can be made again from those.
 * All that happens to a message happens before its handler returns: the runtime does not wait
 * for an asynchronous one, so one would reorder.
 */
export class BridgeShard extends DurableObject<Env> {
  readonly #channels: Channels
  readonly #uplinks: Uplinks
  readonly #waiting: WaitingRoom
  readonly #ownership: Ownership
  readonly #inFlight = new InFlight()
  readonly #alarm: Alarm
  readonly #sweep: Sweep
  readonly #rates: ConnectRates
  readonly #coreFrames: CoreFrames
  /** The owner, if there was one, has been told that the shard is in memory again. */
  #saidAwake = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    // H2 and U10: the runtime answers the heartbeat of browsers and cores without waking the shard.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(TEXT_PING, TEXT_PONG))
    const channels = new Channels(ctx)
    const uplinks = new Uplinks(ctx)
    const outage = new Outage(ctx.storage.kv)
    const waiting = new WaitingRoom(ctx.storage.kv)
    const alarm = new Alarm(ctx.storage)
    const sweep = new Sweep(ctx, alarm, outage, uplinks)
    const inFlight = this.#inFlight
    const ownership = new Ownership({ channels, uplinks, outage, alarm, waiting, inFlight })
    const stalled = (channel: Channel) => this.#end(channel, 'stalled')
    this.#channels = channels
    this.#uplinks = uplinks
    this.#waiting = waiting
    this.#alarm = alarm
    this.#sweep = sweep
    this.#ownership = ownership
    this.#rates = new ConnectRates(env)
    this.#coreFrames = new CoreFrames({ channels, uplinks, ownership, inFlight, sweep, stalled })
  }

  /** The Worker's checked upgrades. */
  override fetch(request: Request): Response {
    this.#sayAwake()
    const { pathname } = new URL(request.url)
    if (pathname === DRAIN_PATH) return this.#drain()
    const { 0: client, 1: server } = new WebSocketPair()
    const isUplink = pathname.startsWith('/uplink/')
    try {
      if (isUplink) this.#openUplink(server, request.headers)
      else this.#openBrowser(server, request.headers)
    } catch (cause) {
      if (cause instanceof Refusal) return cause.toResponse()
      throw cause
    }
    // D1: of what the client offered only this entry is echoed.
    const headers: Record<string, string> = isUplink
      ? { 'sec-websocket-protocol': UPLINK_SUBPROTOCOL, [UPLINK_TIME_HEADER]: String(Date.now()) }
      : { 'sec-websocket-protocol': SUBPROTOCOL }
    return new Response(null, { status: 101, webSocket: client, headers })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#sayAwake()
    const uplink = this.#uplinks.of(socket)
    if (uplink) return this.#fromCore(uplink, message)
    const channel = this.#channels.of(socket)
    if (channel) this.#fromBrowser(channel, message)
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#sayAwake()
    closeSocket(socket, code, reason)
    this.#gone(socket, code, reason)
  }

  override webSocketError(socket: WebSocket): void {
    this.#sayAwake()
    this.#gone(socket, CODES.connection_lost.close, CODES.connection_lost.meaning)
  }

  override alarm(): void {
    this.#sayAwake()
    const now = Date.now()
    this.#sweep.begins(this.#alarm.fired(now), now)
    for (const uplink of this.#sweep.silentCores(now)) this.#loseUplink(uplink, 'heartbeat_timeout')
    this.#sweep.run(this.#channels.all(), now, (channel, why) => this.#end(channel, why))
  }

  #openBrowser(socket: WebSocket, headers: Headers): void {
    const now = Date.now()
    const remoteAddress = headers.get(ShardHeader.REMOTE) ?? ''
    this.#rates.check(headers.get(ShardHeader.USER) ?? '', remoteAddress, now)
    const userAgent = (headers.get('user-agent') ?? '').slice(0, MAX_USER_AGENT_LENGTH)
    const channel = accept(() => this.#channels.open(socket, { openedAt: now, remoteAddress, userAgent }))
    this.#uplinks.owner?.send(channel.openFrame())
    this.#sweep.watch(channel, now)
  }

  #openUplink(socket: WebSocket, headers: Headers): void {
    const now = Date.now()
    const tokens = new UsedTokens(this.ctx.storage.kv)
    if (!tokens.use(headers.get(ShardHeader.TOKEN_ID) ?? '', Number(headers.get(ShardHeader.EXPIRES_AT)), now)) {
      throw new Refusal(401, 'token_invalid', 'The uplink token was used before.', { headers: { [UPLINK_TIME_HEADER]: String(now) } })
    }
    const coreId = decodeURIComponent(headers.get(ShardHeader.CORE) ?? '')
    const older = this.#uplinks.ofCore(coreId)
    if (older) this.#loseUplink(older, 'replaced')
    accept(() => this.#uplinks.open(socket, { shard: headers.get(ShardHeader.SHARD) ?? '', coreId, openedAt: now }))
  }

  #fromCore(uplink: Uplink, message: string | ArrayBuffer): void {
    try {
      if (typeof message === 'string') throw new CloseError('text_unexpected')
      this.#coreFrames.take(uplink, new Uint8Array(message))
    } catch (cause) {
      if (!(cause instanceof CloseError)) throw cause
      this.#loseUplink(uplink, cause.code, cause.message)
    }
  }

  /** One message is one DATA, unread (U7). */
  #fromBrowser(channel: Channel, message: string | ArrayBuffer): void {
    if (typeof message === 'string') return this.#end(channel, 'text_unexpected')
    const bytes = message.byteLength
    if (bytes > MAX_MESSAGE_BYTES) return this.#end(channel, 'frame_too_large')
    const { owner } = this.#uplinks
    if (owner) {
      if (!this.#inFlight.add(channel, bytes)) return this.#end(channel, 'rate_exceeded')
      return owner.send(uplinkFrame.data(channel.number, new Uint8Array(message)))
    }
    // U9: a session repeats what is lost now, a socket without one does not.
    if (!channel.hasSession && !this.#waiting.keep(channel.number, message)) this.#end(channel, 'core_unavailable')
  }

  /** The runtime is about to end, and all sockets with it. */
  #drain(): Response {
    for (const channel of this.#channels.all()) this.#end(channel, 'going_away')
    return new Response(null, { status: 204 })
  }

  /** Ends a browser's socket of the shard's own accord. */
  #end(channel: Channel, name: CloseName): void {
    const { close, meaning } = CODES[name]
    this.#channels.end(channel, close, meaning)
    this.#tell(channel, close, meaning)
  }

  /** A socket is no more. */
  #gone(socket: WebSocket, code: number, reason: string): void {
    const uplink = this.#uplinks.of(socket)
    if (uplink) return this.#ownership.lost(uplink)
    const channel = this.#channels.of(socket)
    if (!channel) return
    this.#channels.forget(channel)
    this.#tell(channel, code, reason)
  }

  /** U8: tells the core, if one is there, that a browser is gone. */
  #tell(channel: Channel, code: number, reason: string): void {
    const { owner } = this.#uplinks
    if (owner) owner.send(uplinkFrame.close(channel.number, { code, reason }))
    else this.#waiting.forget(channel.number)
  }

  #loseUplink(uplink: Uplink, why: CloseName, reason?: string): void {
    this.#ownership.lost(uplink)
    closeSocketAs(uplink.socket, why, reason)
  }

  /** For the operator, who wants to see that shards hibernate. */
  #sayAwake(): void {
    if (this.#saidAwake) return
    this.#saidAwake = true
    this.#uplinks.owner?.send(uplinkFrame.status({ browsers: this.#channels.count() }))
  }
}

/** The runtime throws if it holds as many sockets for the shard as it can. */
function accept<T>(open: () => T): T {
  try {
    return open()
  } catch (cause) {
    throw new Refusal(503, 'overloaded', `The shard can take no more sockets: ${(cause as Error).message}`, { cause })
  }
}
