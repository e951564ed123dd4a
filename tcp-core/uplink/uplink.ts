import type { WebSocket } from 'ws'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { CloseError } from '../../shared/errors.ts'
import { DEFAULT_MAX_FRAME_BYTES, decodeMessage, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { readHello, readOpen } from '../../shared/gen/uplink.ts'
import { TEXT_PING, TEXT_PONG } from '../../shared/subprotocol.ts'
import { UPLINK_FRAME_OVERHEAD_BYTES, UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import { Connection } from '../connection.ts'
import type { Core } from '../core.ts'
import { restoreSession } from '../establish-session.ts'
import { type ChannelCarrier, EdgeTransport } from '../transports/edge-transport.ts'
import { OutboundQueue } from '../transports/outbound-queue.ts'

/** U10 */
const PING_MS = 15_000
const SILENCE_MS = 30_000

/**
 * One open uplink to a bridge shard: the browsers' channels over one WebSocket. When it
 * ends, so do its channels here; the shard keeps the browsers and announces them on the
 * next uplink.
 */
export class Uplink implements ChannelCarrier {
  readonly #core: Core
  readonly #coreId: string
  readonly #socket: WebSocket
  readonly #channels = new Map<number, EdgeTransport>()
  readonly #held = new Set<number>()
  readonly #decoder: FrameDecoder
  readonly #queue: OutboundQueue
  readonly #take = (frame: Frame): boolean => {
    this.#received(frame)
    return true
  }
  #lastHeard: number
  #cancelPing: () => void

  constructor(core: Core, coreId: string, socket: WebSocket) {
    this.#core = core
    this.#coreId = coreId
    this.#socket = socket
    this.#decoder = new FrameDecoder(DEFAULT_MAX_FRAME_BYTES + UPLINK_FRAME_OVERHEAD_BYTES)
    this.#queue = new OutboundQueue((bytes) => socket.send(bytes))
    this.#lastHeard = core.clock.now()
    this.#cancelPing = core.clock.after(PING_MS, () => this.#ping())
    socket.on('message', (data, binary) => this.#receivedMessage(data as Buffer, binary))
    socket.on('close', () => this.#ended())
  }

  get channelCount(): number {
    return this.#channels.size
  }

  send(frame: Uint8Array): void {
    this.#queue.push(frame)
  }

  forget(channel: number): void {
    this.#channels.delete(channel)
    this.release(channel)
  }

  /** While any of its browsers is to be held back, the whole uplink waits: they share one stream. */
  hold(channel: number): void {
    this.#held.add(channel)
    this.#socket.pause()
  }

  release(channel: number): void {
    if (this.#held.delete(channel) && this.#held.size === 0) this.#socket.resume()
  }

  /** U10: the shard keeps the browsers and waits for the next uplink. */
  drain(): void {
    this.send(uplinkFrame.drain())
    this.#queue.flush()
    this.#socket.close(1000)
  }

  #receivedMessage(data: Buffer, binary: boolean): void {
    this.#lastHeard = this.#core.clock.now()
    if (!binary) {
      if (data.toString() !== TEXT_PONG) this.#socket.close(1003, 'text is not spoken here')
      return
    }
    try {
      this.#decoder.push(data, this.#take)
    } catch (error) {
      this.#core.logger.error({ err: error }, 'uplink failed')
      this.#socket.close(error instanceof CloseError ? error.number : 1011)
    }
  }

  #received(frame: Frame): void {
    const channel = frame.requestId
    switch (frame.command) {
      case UplinkCommand.HELLO: {
        const { shard, generation } = decodeMessage(readHello, frame.body)
        this.#core.logger.info({ shard, generation }, 'uplink is up')
        return this.send(uplinkFrame.welcome({ coreId: this.#coreId, generation }))
      }
      case UplinkCommand.OPEN: {
        const { remoteAddress, ticket } = decodeMessage(readOpen, frame.body)
        return this.#open(channel, remoteAddress, ticket)
      }
      case UplinkCommand.DATA:
        // U8: a channel that ended here meanwhile is ignored.
        return this.#channels.get(channel)?.received(frame.body)
      case UplinkCommand.CLOSE:
        this.#channels.get(channel)?.ended()
        return this.forget(channel)
      case UplinkCommand.SNAPSHOT_BEGIN:
      case UplinkCommand.SNAPSHOT_END:
        return
      default:
        throw new CloseError('frame_malformed', `Command ${frame.command} is none that a shard sends.`)
    }
  }

  #open(channel: number, remoteAddress: string, ticket: string): void {
    const transport = new EdgeTransport(this, channel, remoteAddress)
    this.#channels.set(channel, transport)
    const entry = this.#core.gate.enter(remoteAddress)
    if ('code' in entry) return transport.close(CODES[entry.code].close, entry.reason)
    const connection = new Connection(this.#core, transport, entry)
    connection.start()
    if (ticket === '') return
    try {
      restoreSession(this.#core, connection, ticket)
      // R5, U6: whatever was under way when the last uplink went may be lost.
      connection.send(Command.GAP, 0, { conversationId: '', lastSeq: 0 })
    } catch (error) {
      if (!(error instanceof CloseError)) throw error
      connection.close(error.code, error.message)
    }
  }

  #ping(): void {
    if (this.#core.clock.now() - this.#lastHeard > SILENCE_MS) return this.#socket.terminate()
    this.#socket.send(TEXT_PING)
    this.#cancelPing = this.#core.clock.after(PING_MS, () => this.#ping())
  }

  #ended(): void {
    this.#cancelPing()
    for (const transport of this.#channels.values()) transport.ended()
    this.#channels.clear()
  }
}
