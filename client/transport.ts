import type { ClosedReason } from './closed-reason.ts'

/** What carries bytes. All that differs between a browser's WebSocket and a TCP socket is behind it. */
export interface Transport {
  /** The longest that this transport lets pass between heartbeats, whatever the server allows. */
  readonly maxHeartbeatMs: number
  /** One or more whole frames. */
  send(frames: Uint8Array): void
  /** A heartbeat: PING as a frame (H1) or as text (H2). */
  ping(): void
  /** Sends what is left and closes. No handler is called after it. */
  close(): void
}

export interface TransportHandlers {
  onOpen(): void
  /** Bytes cut anywhere. */
  onBytes(bytes: Uint8Array): void
  /** The answer to a heartbeat that is no frame. */
  onPong(): void
  /** Once, also instead of `onOpen`. */
  onClose(reason: ClosedReason): void
}

/** Begins to connect. */
export type OpenTransport = (url: URL, token: string, handlers: TransportHandlers) => Transport

/** The transports that a platform has, by the URL's scheme with its colon. */
export type Transports = Readonly<Record<string, OpenTransport>>
