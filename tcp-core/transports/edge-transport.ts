import { uplinkFrame } from '../../shared/uplink.ts'
import { closeReason } from './close-reason.ts'
import type { SessionFacts, Transport, TransportHandler } from './transport.ts'

/** What an edge transport needs of its uplink. */
export interface ChannelCarrier {
  /** A frame for the channel's browser. What is written in one turn leaves together, in order. */
  write(channel: number, frame: Uint8Array): void
  /** A frame of the uplink itself, in order with the others. */
  control(uplinkFrame: Uint8Array): void
  /** Stops and starts reading for this channel. */
  hold(channel: number): void
  release(channel: number): void
  /** The channel is over on this side. */
  forget(channel: number): void
}

/** A browser's socket at the edge: one channel of an uplink (docs/PROTOCOL.md, "Uplink"). */
export class EdgeTransport implements Transport {
  readonly kind = 'edge'
  readonly remoteAddress: string
  readonly keepsHeartbeat = true
  /** All browsers of a shard share one stream. */
  readonly pausesAlone = false
  /** What waits on the uplink is the uplink's to watch, and a browser that does not read is the shard's to end. */
  readonly bufferedBytes = 0
  readonly #carrier: ChannelCarrier
  readonly #channel: number
  #handler: TransportHandler | undefined
  #over = false

  constructor(carrier: ChannelCarrier, channel: number, remoteAddress: string) {
    this.#carrier = carrier
    this.#channel = channel
    this.remoteAddress = remoteAddress
  }

  start(handler: TransportHandler): void {
    this.#handler = handler
  }

  /** One WebSocket message of the browser, from the uplink. */
  received(message: Uint8Array): void {
    if (!this.#over) this.#handler?.receivedMessage(message)
  }

  /** The browser is gone, or the uplink is. */
  ended(): void {
    this.#over = true
    this.#handler?.ended()
  }

  write(frame: Uint8Array): void {
    if (!this.#over) this.#carrier.write(this.#channel, frame)
  }

  pause(): void {
    this.#carrier.hold(this.#channel)
  }

  resume(): void {
    this.#carrier.release(this.#channel)
  }

  established({ sessionId, userId, ticket, expiresAt }: SessionFacts): void {
    this.#carrier.control(uplinkFrame.accept(this.#channel, { sessionId, userId, ticket: ticket(), expiresAt }))
  }

  close(code: number, reason: string): void {
    if (this.#over) return
    this.#over = true
    this.#carrier.control(uplinkFrame.close(this.#channel, { code, reason: closeReason(reason) }))
    this.#carrier.forget(this.#channel)
    this.#handler?.ended()
  }
}
