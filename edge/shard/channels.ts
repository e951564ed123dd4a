import { closeSocket } from '../env/close-socket.ts'
import { Channel } from './channel.ts'
import { ChannelNumbers } from './channel-numbers.ts'
import { type BrowserAttachment, readAttachment, writeAttachment } from './socket-attachment.ts'
import { UPLINK_TAG } from './uplinks.ts'

/**
 * The browsers of a shard. The runtime holds the sockets, by tag, over hibernation; the maps
 * here are caches that fill as sockets are spoken of.
 */
export class Channels {
  readonly #ctx: DurableObjectState
  readonly #numbers: ChannelNumbers
  readonly #byNumber = new Map<number, Channel>()
  readonly #bySocket = new WeakMap<WebSocket, Channel>()

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
    this.#numbers = new ChannelNumbers(ctx.storage.kv)
  }

  /** Takes in a browser's socket. Throws if the runtime holds as many as it can. */
  open(socket: WebSocket, browser: Pick<BrowserAttachment, 'openedAt' | 'remoteAddress' | 'userAgent'>): Channel {
    const attachment: BrowserAttachment = { kind: 'browser', channel: this.#numbers.take(), ...browser, ticket: '', expiresAt: 0 }
    this.#ctx.acceptWebSocket(socket, [tagOf(attachment.channel)])
    writeAttachment(socket, attachment)
    return this.#cache(socket, attachment)
  }

  /** The channel with that number; undefined if there is none (any more). */
  find(number: number): Channel | undefined {
    const known = this.#byNumber.get(number)
    if (known) return known
    const [socket] = this.#ctx.getWebSockets(tagOf(number))
    return socket && this.of(socket)
  }

  /** The channel of that socket; undefined if it is no browser's or is over. */
  of(socket: WebSocket): Channel | undefined {
    const known = this.#bySocket.get(socket)
    if (known) return known
    const attachment = readAttachment(socket)
    return attachment?.kind === 'browser' ? this.#cache(socket, attachment) : undefined
  }

  /** Every channel there is: for the rare times when all are spoken of. */
  *all(): Generator<Channel> {
    for (const socket of this.#ctx.getWebSockets()) {
      const channel = this.of(socket)
      if (channel) yield channel
    }
  }

  count(): number {
    return this.#ctx.getWebSockets().length - this.#ctx.getWebSockets(UPLINK_TAG).length
  }

  /** Closes the browser's socket. */
  end(channel: Channel, code: number, reason: string): void {
    closeSocket(channel.socket, code, reason)
    this.forget(channel)
  }

  /** The channel is over; what its socket still brings is for nobody. */
  forget(channel: Channel): void {
    this.#byNumber.delete(channel.number)
    this.#bySocket.delete(channel.socket)
    writeAttachment(channel.socket, null)
  }

  #cache(socket: WebSocket, attachment: BrowserAttachment): Channel {
    const channel = new Channel(socket, attachment)
    this.#byNumber.set(channel.number, channel)
    this.#bySocket.set(socket, channel)
    return channel
  }
}

function tagOf(channel: number): string {
  return `c:${channel}`
}
