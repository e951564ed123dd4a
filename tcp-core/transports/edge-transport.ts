import { uplinkFrame } from '../../shared/uplink.ts'
import { closeReason } from './close-reason.ts'
import { OutboundQueue } from './outbound-queue.ts'
import type { SessionFacts, Transport, TransportHandler } from './transport.ts'

/** What an edge transport needs of its uplink. */
export interface ChannelCarrier {
  send(uplinkFrame: Uint8Array): void
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
  readonly #carrier: ChannelCarrier
  readonly #channel: number
  readonly #queue: OutboundQueue
  #handler: TransportHandler | undefined
  #over = false

  constructor(carrier: ChannelCarrier, channel: number, remoteAddress: string) {
    this.#carrier = carrier
    this.#channel = channel
    this.remoteAddress = remoteAddress
    this.#queue = new OutboundQueue((frames) => carrier.send(uplinkFrame.data(channel, frames)))
  }

  get bufferedBytes(): number {
    return this.#queue.bytes
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
    if (!this.#over) this.#queue.push(frame)
  }

  pause(): void {
    this.#carrier.hold(this.#channel)
  }

  resume(): void {
    this.#carrier.release(this.#channel)
  }

  established({ sessionId, userId, ticket, expiresAt }: SessionFacts): void {
    this.#carrier.send(uplinkFrame.accept(this.#channel, { sessionId, userId, ticket: ticket(), expiresAt }))
  }

  close(code: number, reason: string): void {
    if (this.#over) return
    this.#queue.flush()
    this.#over = true
    this.#carrier.send(uplinkFrame.close(this.#channel, { code, reason: closeReason(reason) }))
    this.#carrier.forget(this.#channel)
  }
}
