/** How a client reached the core. */
export const TRANSPORT_KINDS = ['tcp', 'tls', 'ws', 'edge'] as const
export type TransportKind = (typeof TRANSPORT_KINDS)[number]

/** What a transport tells its connection. Named methods of one object, set once: no closure per connection. */
export interface TransportHandler {
  /** A chunk of a byte stream, cut anywhere. Valid during the call; the receiver may keep views of it. */
  received(chunk: Uint8Array): void
  /** One WebSocket message: whole frames (F3). */
  receivedMessage(message: Uint8Array): void
  /** A text message that is no heartbeat. */
  receivedText(): void
  /** A heartbeat that carries no frame. */
  heardFrom(): void
  /** All that was written has left for the peer. */
  drained(): void
  /** The transport is over, by whichever side. Called once. */
  ended(): void
}

/** What an edge keeps so that the session outlives its uplink. */
export interface SessionFacts {
  readonly sessionId: string
  readonly userId: string
  readonly ticket: () => string
  readonly expiresAt: number
}

/**
 * One peer's way in and out. TCP, TLS, WebSocket and edge are small files behind this, and
 * nothing above them knows which it is. Frames keep their order; what is written in one
 * turn of the event loop leaves together.
 */
export interface Transport {
  readonly kind: TransportKind
  /** The client's own address, also when the edge or a balancer stands between. */
  readonly remoteAddress: string
  /** The edge watches for silent peers itself; on other doors the core does. */
  readonly keepsHeartbeat: boolean
  /** Bytes written and not yet taken by the network. */
  readonly bufferedBytes: number
  /** Begins to report to `handler`. */
  start(handler: TransportHandler): void
  /** Queues a whole frame. After `close` or the end it does nothing. */
  write(frame: Uint8Array): void
  /** Whether `pause` stops this peer alone; else others wait with it. */
  readonly pausesAlone: boolean
  /** Stops reading from the peer until `resume`. */
  pause(): void
  resume(): void
  /** The connection has a session now. */
  established(facts: SessionFacts): void
  /** Sends what is queued, then the close, then ends; by force if the peer does not play along. */
  close(code: number, reason: string): void
}
