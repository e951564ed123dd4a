import { type CloseName, CODES } from '../../shared/codes.ts'
import { CloseError, RequestError } from '../../shared/errors.ts'
import { DEFAULT_MAX_FRAME_BYTES, decodeMessage, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { readAccept, readChannelClose, readMulticast, readReceived, readWelcome } from '../../shared/gen/uplink.ts'
import { MAX_TICKET_LENGTH, UPLINK_FRAME_OVERHEAD_BYTES, UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import type { Channel } from './channel.ts'
import type { Channels } from './channels.ts'
import type { InFlight } from './in-flight.ts'
import type { Ownership } from './ownership.ts'
import type { Sweep } from './sweep.ts'
import type { Uplink } from './uplink.ts'
import type { Uplinks } from './uplinks.ts'

/** What a browser's socket may be given at once. */
const MAX_FRAME_BYTES = DEFAULT_MAX_FRAME_BYTES + UPLINK_FRAME_OVERHEAD_BYTES
/** The message is here already: a frame too long for one browser ends that browser, not the uplink of all (U14). */
const MAX_UPLINK_BYTES = 64 * 1024 * 1024

export interface CoreFramesParts {
  readonly channels: Channels
  readonly uplinks: Uplinks
  readonly ownership: Ownership
  readonly inFlight: InFlight
  readonly sweep: Sweep
  /** A browser that does not read what it gets. */
  stalled(channel: Channel): void
}

/** What a core says on its uplink, and what the shard does about it (docs/PROTOCOL.md, "Uplink"). */
export class CoreFrames {
  readonly #parts: CoreFramesParts
  /** Bound once, so that no message makes a closure. */
  readonly #handle = (frame: Frame): boolean => {
    try {
      this.#dispatch(frame)
    } catch (cause) {
      // U14: what goes wrong with one browser's frame ends that browser's socket.
      if (frame.requestId === 0 || cause instanceof CloseError) throw cause
      this.#fail(frame.requestId, 'internal_close')
    }
    return true
  }
  /** Whose message is being taken. */
  #uplink: Uplink | undefined
  /** The browsers that get something of this message. */
  #queued: Channel[] = []

  constructor(parts: CoreFramesParts) {
    this.#parts = parts
  }

  /** Takes one WebSocket message. Throws CloseError for one that is malformed; the frames before the fault have had their effect. */
  take(uplink: Uplink, message: Uint8Array): void {
    const decoder = new FrameDecoder(MAX_UPLINK_BYTES)
    this.#uplink = uplink
    try {
      decoder.push(message, this.#handle)
    } catch (cause) {
      if (cause instanceof RequestError) throw new CloseError('frame_malformed', cause.message, { cause })
      throw cause
    } finally {
      this.#flush()
    }
    if (decoder.pendingBytes > 0) throw new CloseError('frame_malformed', 'The message ends inside a frame.')
  }

  #dispatch(frame: Frame): void {
    const uplink = this.#uplink as Uplink
    if (frame.command === UplinkCommand.WELCOME) return this.#welcome(uplink, frame)
    if (uplink.phase === 'greeted') throw new CloseError('frame_malformed', `Command ${frame.command} came before WELCOME.`)
    if (frame.command === UplinkCommand.DRAIN) return this.#drain(uplink)
    // U11: what any but the owner says of browsers is void.
    if (uplink.phase !== 'owner' && !(uplink.phase === 'draining' && !this.#parts.uplinks.owner)) return
    switch (frame.command) {
      case UplinkCommand.ACCEPT:
        return this.#accept(uplink, frame)
      case UplinkCommand.DATA:
        if (frame.body.length > MAX_FRAME_BYTES) return this.#fail(frame.requestId, 'frame_too_large')
        return this.#queue(frame.requestId, frame.body)
      case UplinkCommand.MULTICAST:
        return this.#multicast(frame)
      case UplinkCommand.CLOSE:
        return this.#close(frame)
      case UplinkCommand.RECEIVED:
        return this.#parts.inFlight.received(decodeMessage(readReceived, frame.body).bytes)
      // A command that only a later core sends is passed over.
    }
  }

  /** U3: the core has heard that it is greeted, or that the browsers are its own now. */
  #welcome(uplink: Uplink, frame: Frame): void {
    const { coreId, generation, startedAt } = decodeMessage(readWelcome, frame.body)
    const isOfThisHello = generation === uplink.generation
    switch (uplink.phase) {
      case 'greeted':
        if (!isOfThisHello)
          throw new CloseError('frame_malformed', `WELCOME is for generation ${generation}; HELLO said ${uplink.generation}.`)
        if (coreId !== uplink.coreId)
          throw new CloseError('frame_malformed', `WELCOME is of core "${coreId}", the token of "${uplink.coreId}".`)
        this.#parts.ownership.welcomed(uplink, startedAt)
        return this.#parts.sweep.watchCores(Date.now())
      case 'elected':
        if (isOfThisHello) uplink.phase = 'owner'
        return
      case 'owner':
        throw new CloseError('frame_malformed', 'WELCOME came twice.')
      case 'standby':
      case 'draining':
        // The browsers were taken from this core again before it could answer.
        return
    }
  }

  /** U5: the socket has a session. A ticket too long to be kept costs that browser, not the uplink of all. */
  #accept(uplink: Uplink, frame: Frame): void {
    const { ticket, expiresAt } = decodeMessage(readAccept, frame.body)
    const channel = this.#parts.channels.find(frame.requestId)
    if (!channel) return
    if (ticket.length <= MAX_TICKET_LENGTH) {
      channel.accept(ticket, expiresAt)
      return this.#parts.sweep.watch(channel, Date.now())
    }
    const code = CODES.internal_close.close
    const reason = `The ticket has ${ticket.length} characters; a socket keeps ${MAX_TICKET_LENGTH}.`
    this.#parts.channels.end(channel, code, reason)
    uplink.send(uplinkFrame.close(channel.number, { code, reason }))
  }

  #fail(number: number, name: CloseName): void {
    const channel = this.#parts.channels.find(number)
    if (!channel) return
    const { close: code, meaning: reason } = CODES[name]
    this.#parts.channels.end(channel, code, reason)
    this.#uplink?.send(uplinkFrame.close(channel.number, { code, reason }))
  }

  #multicast(frame: Frame): void {
    const { channels, frames } = decodeMessage(readMulticast, frame.body)
    for (const channel of channels) this.#queue(channel, frames)
  }

  /** What one message has for a browser goes out as one. */
  #queue(number: number, frames: Uint8Array): void {
    const channel = this.#parts.channels.find(number)
    if (channel?.queue(frames)) this.#queued.push(channel)
  }

  #flush(): void {
    const queued = this.#queued
    this.#queued = []
    for (const channel of queued) if (!channel.flush()) this.#parts.stalled(channel)
  }

  /** U8: the core ends the browser's socket. */
  #close(frame: Frame): void {
    const { code, reason } = decodeMessage(readChannelClose, frame.body)
    const channel = this.#parts.channels.find(frame.requestId)
    if (!channel) return
    channel.flush()
    this.#parts.channels.end(channel, code, reason)
  }

  #drain(uplink: Uplink): void {
    if (uplink.phase !== 'draining') this.#parts.ownership.draining(uplink)
  }
}
