import { CODES } from '../shared/codes.ts'
import { CloseError, RequestError } from '../shared/errors.ts'
import { DEFAULT_MAX_FRAME_BYTES, decodeMessage, type Frame } from '../shared/frame.ts'
import { FrameDecoder } from '../shared/frame-decoder.ts'
import { readAccept, readChannelClose, readMulticast, readWelcome } from '../shared/gen/uplink.ts'
import { UPLINK_FRAME_OVERHEAD_BYTES, UplinkCommand, uplinkFrame } from '../shared/uplink.ts'
import { MAX_TICKET_LENGTH } from './attachment.ts'
import type { Channels } from './channels.ts'
import type { Outage } from './outage.ts'
import type { Uplink } from './uplink.ts'
import type { WaitingRoom } from './waiting-room.ts'

const MAX_FRAME_BYTES = DEFAULT_MAX_FRAME_BYTES + UPLINK_FRAME_OVERHEAD_BYTES

/** What a core says on the uplink, and what the shard does about it (docs/PROTOCOL.md, "Uplink"). */
export class CoreFrames {
  readonly #channels: Channels
  readonly #uplink: Uplink
  readonly #outage: Outage
  readonly #waiting: WaitingRoom
  /** Bound once, so that no message makes a closure. */
  readonly #handle = (frame: Frame): boolean => {
    this.#dispatch(frame)
    return true
  }

  constructor(channels: Channels, uplink: Uplink, outage: Outage, waiting: WaitingRoom) {
    this.#channels = channels
    this.#uplink = uplink
    this.#outage = outage
    this.#waiting = waiting
  }

  /** Takes one WebSocket message. Throws CloseError for one that is malformed; the frames before the fault have had their effect. */
  take(message: Uint8Array): void {
    const decoder = new FrameDecoder(MAX_FRAME_BYTES)
    try {
      decoder.push(message, this.#handle)
    } catch (cause) {
      if (cause instanceof RequestError) throw new CloseError('frame_malformed', cause.message, { cause })
      throw cause
    }
    if (decoder.pendingBytes > 0) throw new CloseError('frame_malformed', 'The message ends inside a frame.')
  }

  #dispatch(frame: Frame): void {
    if (frame.command === UplinkCommand.WELCOME) return this.#welcome(frame)
    if (this.#uplink.phase === 'greeted') throw new CloseError('frame_malformed', `Command ${frame.command} came before WELCOME.`)
    switch (frame.command) {
      case UplinkCommand.ACCEPT:
        return this.#accept(frame)
      case UplinkCommand.DATA:
        return this.#channels.find(frame.requestId)?.send(frame.body)
      case UplinkCommand.MULTICAST:
        return this.#multicast(frame)
      case UplinkCommand.CLOSE:
        return this.#close(frame)
      case UplinkCommand.DRAIN:
        return this.#drain()
      // A command that only a later core sends is passed over.
    }
  }

  /** U3, U4: the core is there; it learns of every browser, and of what those without a session have said meanwhile (U9). */
  #welcome(frame: Frame): void {
    const { generation } = decodeMessage(readWelcome, frame.body)
    if (this.#uplink.phase !== 'greeted') throw new CloseError('frame_malformed', 'WELCOME came twice.')
    if (generation !== this.#uplink.generation) {
      throw new CloseError('frame_malformed', `WELCOME is for generation ${generation}; HELLO said ${this.#uplink.generation}.`)
    }
    this.#uplink.phase = 'welcomed'
    this.#uplink.sendAll(this.#snapshot())
    this.#waiting.clear()
  }

  *#snapshot(): Generator<Uint8Array> {
    yield uplinkFrame.snapshotBegin()
    for (const channel of this.#channels.all()) yield channel.openFrame()
    yield uplinkFrame.snapshotEnd()
    for (const { channel, messages } of this.#waiting.all()) {
      if (!this.#channels.find(channel)) continue
      for (const message of messages) yield uplinkFrame.data(channel, new Uint8Array(message))
    }
  }

  /** U5: the socket has a session. A ticket too long to be kept costs that browser, not the uplink of all. */
  #accept(frame: Frame): void {
    const { ticket } = decodeMessage(readAccept, frame.body)
    const channel = this.#channels.find(frame.requestId)
    if (!channel) return
    if (ticket.length <= MAX_TICKET_LENGTH) return channel.accept(ticket)
    const code = CODES.internal_close.close
    const reason = `The ticket has ${ticket.length} characters; a socket keeps ${MAX_TICKET_LENGTH}.`
    this.#channels.end(channel, code, reason)
    this.#uplink.send(uplinkFrame.close(channel.number, { code, reason }))
  }

  #multicast(frame: Frame): void {
    const { channels, frames } = decodeMessage(readMulticast, frame.body)
    for (const channel of channels) this.#channels.find(channel)?.send(frames)
  }

  /** U8: the core ends the browser's socket. */
  #close(frame: Frame): void {
    const { code, reason } = decodeMessage(readChannelClose, frame.body)
    const channel = this.#channels.find(frame.requestId)
    if (channel) this.#channels.end(channel, code, reason)
  }

  /** U10: the core is shutting down. It may still finish what it was saying; the shard sends it nothing more. */
  #drain(): void {
    if (this.#uplink.phase !== 'welcomed') return
    this.#uplink.phase = 'draining'
    this.#outage.begin(Date.now())
  }
}
