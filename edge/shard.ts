import { DurableObject } from 'cloudflare:workers'
import { type CloseName, CODES } from '../shared/codes.ts'
import { CloseError } from '../shared/errors.ts'
import { DEFAULT_MAX_FRAME_BYTES } from '../shared/frame.ts'
import { SUBPROTOCOL, TEXT_PING, TEXT_PONG } from '../shared/subprotocol.ts'
import { UPLINK_SUBPROTOCOL, uplinkFrame } from '../shared/uplink.ts'
import { MAX_USER_AGENT_LENGTH } from './attachment.ts'
import type { Channel } from './channel.ts'
import { Channels } from './channels.ts'
import { closeSocket, closeSocketAs } from './close-socket.ts'
import { CoreFrames } from './core-frames.ts'
import type { Env } from './env.ts'
import { Outage } from './outage.ts'
import { Refusal } from './refusal.ts'
import { ShardHeader } from './shard-request.ts'
import { Uplink } from './uplink.ts'
import { UsedTokens } from './used-tokens.ts'
import { WaitingRoom } from './waiting-room.ts'

/** The longest WebSocket message of a browser: a frame of the longest kind with its length field (F1). */
const MAX_MESSAGE_BYTES = DEFAULT_MAX_FRAME_BYTES + 4

/**
 * A bridge shard: it holds the WebSockets of many browsers and the one uplink of the core
 * that has their sessions, and passes frames between them unread (docs/PROTOCOL.md, "Uplink").
 *
 * It hibernates while nothing moves: sockets are the runtime's, what must outlast a wake-up is
 * in their attachments or in storage, and everything in memory can be made again from those.
 * All that happens to a message happens before its handler returns: the runtime does not wait
 * for an asynchronous one, so one would reorder.
 */
export class BridgeShard extends DurableObject<Env> {
  readonly #channels: Channels
  readonly #uplink: Uplink
  readonly #outage: Outage
  readonly #waiting: WaitingRoom
  readonly #coreFrames: CoreFrames

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    // H2 and U10: the runtime answers the heartbeat of browsers and cores without waking the shard.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(TEXT_PING, TEXT_PONG))
    this.#channels = new Channels(ctx)
    this.#uplink = new Uplink(ctx)
    this.#outage = new Outage(ctx.storage)
    this.#waiting = new WaitingRoom(ctx.storage.kv)
    this.#coreFrames = new CoreFrames(this.#channels, this.#uplink, this.#outage, this.#waiting)
  }

  /** The Worker's checked upgrades. */
  override async fetch(request: Request): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    const isUplink = new URL(request.url).pathname.startsWith('/uplink/')
    try {
      if (isUplink) this.#openUplink(server, request.headers)
      else await this.#openBrowser(server, request.headers)
    } catch (cause) {
      if (cause instanceof Refusal) return cause.toResponse()
      throw cause
    }
    // D1: of what the client offered only this entry is echoed.
    return new Response(null, {
      status: 101,
      webSocket: client,
      headers: { 'sec-websocket-protocol': isUplink ? UPLINK_SUBPROTOCOL : SUBPROTOCOL },
    })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    if (this.#uplink.is(socket)) return this.#fromCore(message)
    const channel = this.#channels.of(socket)
    if (channel) this.#fromBrowser(channel, message)
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    closeSocket(socket, code, reason)
    this.#gone(socket, code, reason)
  }

  override webSocketError(socket: WebSocket): void {
    this.#gone(socket, CODES.connection_lost.close, CODES.connection_lost.meaning)
  }

  /** U9: a deadline of browsers without an uplink. */
  override async alarm(): Promise<void> {
    if (this.#uplink.isReady) return
    await this.#outage.expire(this.#channels.all(), Date.now(), (channel) => this.#end(channel, 'core_unavailable'))
  }

  async #openBrowser(socket: WebSocket, headers: Headers): Promise<void> {
    const channel = accept(() =>
      this.#channels.open(socket, {
        openedAt: Date.now(),
        remoteAddress: headers.get(ShardHeader.REMOTE) ?? '',
        userAgent: (headers.get('user-agent') ?? '').slice(0, MAX_USER_AGENT_LENGTH),
      }),
    )
    if (this.#uplink.isReady) this.#uplink.send(channel.openFrame())
    else await this.#outage.watch(channel)
  }

  #openUplink(socket: WebSocket, headers: Headers): void {
    const tokens = new UsedTokens(this.ctx.storage.kv)
    if (!tokens.use(headers.get(ShardHeader.TOKEN_ID) ?? '', Number(headers.get(ShardHeader.EXPIRES_AT)), Date.now())) {
      throw new Refusal(401, 'token_invalid', 'The uplink token was used before.')
    }
    const older = this.#loseUplink()
    if (older) closeSocketAs(older, 'replaced')
    accept(() => this.#uplink.open(socket, headers.get(ShardHeader.SHARD) ?? ''))
  }

  #fromCore(message: string | ArrayBuffer): void {
    try {
      if (typeof message === 'string') throw new CloseError('text_unexpected')
      this.#coreFrames.take(new Uint8Array(message))
    } catch (cause) {
      if (!(cause instanceof CloseError)) throw cause
      const socket = this.#loseUplink()
      if (socket) closeSocketAs(socket, cause.code, cause.message)
    }
  }

  /** One message is one DATA, unread (U7). */
  #fromBrowser(channel: Channel, message: string | ArrayBuffer): void {
    if (typeof message === 'string') return this.#end(channel, 'text_unexpected')
    if (message.byteLength > MAX_MESSAGE_BYTES) return this.#end(channel, 'frame_too_large')
    if (this.#uplink.isReady) return this.#uplink.send(uplinkFrame.data(channel.number, new Uint8Array(message)))
    // U9: a session repeats what is lost now, a socket without one does not.
    if (!channel.hasSession && !this.#waiting.keep(channel.number, message)) this.#end(channel, 'core_unavailable')
  }

  /** Ends a browser's socket of the shard's own accord. */
  #end(channel: Channel, name: CloseName): void {
    const { close, meaning } = CODES[name]
    this.#channels.end(channel, close, meaning)
    this.#tell(channel, close, meaning)
  }

  /** A socket is no more. */
  #gone(socket: WebSocket, code: number, reason: string): void {
    if (this.#uplink.is(socket)) {
      this.#loseUplink()
      return
    }
    const channel = this.#channels.of(socket)
    if (!channel) return
    this.#channels.forget(channel)
    this.#tell(channel, code, reason)
  }

  /** U8: tells the core, if one is there, that a browser is gone. */
  #tell(channel: Channel, code: number, reason: string): void {
    if (this.#uplink.isReady) this.#uplink.send(uplinkFrame.close(channel.number, { code, reason }))
    else this.#waiting.forget(channel.number)
  }

  /** Takes the uplink out of use and starts the time without one, unless DRAIN did. Gives its socket. */
  #loseUplink(): WebSocket | undefined {
    if (this.#uplink.phase === 'welcomed') this.#outage.begin(Date.now())
    return this.#uplink.drop()
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
