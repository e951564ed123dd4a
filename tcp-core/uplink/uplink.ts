import type { WebSocket } from 'ws'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { CloseError } from '../../shared/errors.ts'
import { DEFAULT_MAX_FRAME_BYTES, decodeMessage, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { readHello, readOpen, readSnapshotBegin, readStatus } from '../../shared/gen/uplink.ts'
import { TEXT_PING, TEXT_PONG } from '../../shared/subprotocol.ts'
import { UPLINK_FRAME_OVERHEAD_BYTES, UPLINK_RECEIVED_BYTES, UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import type { Gate } from '../limits/gate.ts'
import { restoreSession, type SessionBeginParts } from '../login/establish-session.ts'
import { Connection, type ConnectionParts } from '../sessions/connection.ts'
import { type ChannelCarrier, EdgeTransport } from '../transports/edge-transport.ts'
import { UplinkBatch } from './uplink-batch.ts'

/** Where a frame speaks of the whole uplink. */
const NO_CHANNEL = 0
/** U10 */
const PING_MS = 15_000
const SILENCE_MS = 30_000
/** U12: browsers are read no further while this much waits for the shard, until it is down to the other. */
const HIGH_BYTES = 1024 * 1024
const LOW_BYTES = 256 * 1024
/** A shard that lets this much pile up is as good as gone: its browsers come again on the next uplink, and all is in the log. */
const MAX_BYTES = 64 * 1024 * 1024

/** What an uplink takes of its core, to give each browser its connection and its session. */
export interface UplinkParts extends ConnectionParts, SessionBeginParts {
  readonly config: ConnectionParts['config'] & SessionBeginParts['config']
  readonly gate: Gate
}

/** What a core knows of itself that shards must know, too. */
export interface CoreIdentity {
  readonly coreId: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

/**
 * One open uplink to a bridge shard: the browsers' channels over one WebSocket. When it
 * ends, so do its channels here; the shard keeps the browsers and announces them on the
 * next uplink.
 */
export class Uplink implements ChannelCarrier {
  /** Milliseconds since 1970. */
  readonly openedAt: number
  readonly #parts: UplinkParts
  readonly #identity: CoreIdentity
  readonly #socket: WebSocket
  readonly #channels = new Map<number, EdgeTransport>()
  readonly #held = new Set<number>()
  readonly #decoder: FrameDecoder
  readonly #batch: UplinkBatch
  readonly #take = (frame: Frame): boolean => {
    this.#received(frame)
    return true
  }
  readonly #sent = (): void => {
    if (this.#isFull && this.#socket.bufferedAmount < LOW_BYTES) this.#setFull(false)
  }
  #lastHeard: number
  #cancelPing: () => void
  #generation = 0
  #isOwner = false
  #wakes = 0
  #isFull = false
  /** Bytes of DATA since the last RECEIVED. */
  #taken = 0

  constructor(parts: UplinkParts, identity: CoreIdentity, socket: WebSocket) {
    this.#parts = parts
    this.#identity = identity
    this.#socket = socket
    this.#decoder = new FrameDecoder(DEFAULT_MAX_FRAME_BYTES + UPLINK_FRAME_OVERHEAD_BYTES)
    this.#batch = new UplinkBatch(parts.clock, (message) => this.#send(message))
    this.openedAt = parts.clock.now()
    this.#lastHeard = parts.clock.elapsed()
    this.#cancelPing = parts.clock.after(PING_MS, () => this.#ping())
    socket.on('message', (data, binary) => this.#receivedMessage(data as Buffer, binary))
    socket.on('close', () => this.#ended())
  }

  get channelCount(): number {
    return this.#channels.size
  }

  /** That of the last HELLO. */
  get generation(): number {
    return this.#generation
  }

  /** Whether the shard's browsers are this core's, or those of another. */
  get isOwner(): boolean {
    return this.#isOwner
  }

  /** How often the shard has come out of hibernation since the uplink is up. */
  get wakes(): number {
    return this.#wakes
  }

  /** How many bodies have gone over it: one that goes to many browsers counts once. */
  get bodies(): number {
    return this.#batch.bodies
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  write(channel: number, frame: Uint8Array): void {
    this.#batch.write(channel, frame)
  }

  control(uplinkFrame: Uint8Array): void {
    this.#batch.control(uplinkFrame)
  }

  forget(channel: number): void {
    this.#channels.delete(channel)
    this.release(channel)
  }

  /** While any of its browsers is to be held back, the whole uplink waits: they share one stream. */
  hold(channel: number): void {
    if (this.#channels.has(channel)) this.#held.add(channel)
    this.#readOrWait()
  }

  release(channel: number): void {
    if (this.#held.delete(channel)) this.#readOrWait()
  }

  /** U10: the shard keeps the browsers and waits for the next uplink. */
  drain(): void {
    this.control(uplinkFrame.drain())
    this.#batch.flush()
    this.#socket.close(1000)
  }

  #receivedMessage(data: Buffer, binary: boolean): void {
    this.#lastHeard = this.#parts.clock.elapsed()
    if (!binary) {
      if (data.toString() !== TEXT_PONG) this.#socket.close(1003, 'text is not spoken here')
      return
    }
    try {
      this.#decoder.push(data, this.#take)
    } catch (error) {
      this.#parts.logger.error({ err: error }, 'uplink failed')
      this.#socket.close(error instanceof CloseError ? error.number : 1011)
    }
  }

  /** U14: what goes wrong with one browser's frame ends that browser's channel, never the uplink of all. */
  #received(frame: Frame): void {
    const channel = frame.requestId
    try {
      this.#handle(frame, channel)
    } catch (error) {
      if (channel === NO_CHANNEL) throw error
      this.#parts.logger.error({ err: error, channel }, 'a channel failed')
      const { close, meaning } = CODES.internal_close
      const transport = this.#channels.get(channel)
      if (transport) transport.close(close, meaning)
      else this.control(uplinkFrame.close(channel, { code: close, reason: meaning }))
    }
  }

  #handle(frame: Frame, channel: number): void {
    switch (frame.command) {
      case UplinkCommand.HELLO: {
        const { shard, generation } = decodeMessage(readHello, frame.body)
        this.#parts.logger.info({ shard, generation }, 'uplink is up')
        this.#generation = generation
        return this.control(uplinkFrame.welcome({ ...this.#identity, generation }))
      }
      case UplinkCommand.OPEN: {
        const { remoteAddress, ticket } = decodeMessage(readOpen, frame.body)
        return this.#open(channel, remoteAddress, ticket)
      }
      case UplinkCommand.DATA:
        this.#count(frame.body.length)
        // U8: a channel that ended here meanwhile is ignored.
        return this.#channels.get(channel)?.received(frame.body)
      case UplinkCommand.CLOSE:
        this.#channels.get(channel)?.ended()
        return this.forget(channel)
      case UplinkCommand.SNAPSHOT_BEGIN:
        // U4: what it names is all there is.
        this.#endChannels()
        this.#isOwner = decodeMessage(readSnapshotBegin, frame.body).owner
        return
      case UplinkCommand.SNAPSHOT_END:
        this.#parts.logger.info({ owner: this.#isOwner, browsers: this.#channels.size, generation: this.#generation }, 'browsers announced')
        return
      case UplinkCommand.STATUS:
        this.#wakes++
        this.#parts.logger.debug(decodeMessage(readStatus, frame.body), 'shard woke')
        return
      default:
        throw new CloseError('frame_malformed', `Command ${frame.command} is none that a shard sends.`)
    }
  }

  #open(channel: number, remoteAddress: string, ticket: string): void {
    // A number is given once; whoever had it before is over.
    this.#channels.get(channel)?.ended()
    const transport = new EdgeTransport(this, channel, remoteAddress)
    this.#channels.set(channel, transport)
    const entry = this.#parts.gate.enter(remoteAddress)
    if ('code' in entry) return transport.close(CODES[entry.code].close, entry.reason)
    const connection = new Connection(this.#parts, transport, entry)
    connection.start()
    if (ticket === '') return
    try {
      restoreSession(this.#parts, connection, ticket)
      // R5, U6: whatever was under way when the last uplink went may be lost.
      connection.send(Command.GAP, 0, { conversationId: '', lastSeq: 0 })
    } catch (error) {
      if (!(error instanceof CloseError)) throw error
      connection.close(error.code, error.message)
    }
  }

  #ping(): void {
    if (this.#parts.clock.elapsed() - this.#lastHeard > SILENCE_MS) return this.#socket.terminate()
    this.#socket.send(TEXT_PING)
    this.#cancelPing = this.#parts.clock.after(PING_MS, () => this.#ping())
  }

  /** U12: tells the shard how far its browsers' bytes have come. */
  #count(bytes: number): void {
    this.#taken += bytes
    if (this.#taken < UPLINK_RECEIVED_BYTES) return
    this.control(uplinkFrame.received({ bytes: this.#taken }))
    this.#taken = 0
  }

  #send(message: Uint8Array): void {
    this.#socket.send(message, this.#sent)
    const buffered = this.#socket.bufferedAmount
    if (buffered > MAX_BYTES) this.#socket.terminate()
    else if (buffered > HIGH_BYTES && !this.#isFull) this.#setFull(true)
  }

  #setFull(isFull: boolean): void {
    this.#isFull = isFull
    this.#readOrWait()
  }

  #readOrWait(): void {
    if (this.#isFull || this.#held.size > 0) this.#socket.pause()
    else this.#socket.resume()
  }

  #ended(): void {
    this.#cancelPing()
    this.#endChannels()
  }

  #endChannels(): void {
    const channels = [...this.#channels.values()]
    this.#channels.clear()
    this.#held.clear()
    this.#readOrWait()
    for (const transport of channels) transport.ended()
  }
}
