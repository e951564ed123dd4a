import type { Entry, Refusal } from '../limits/gate.ts'
import type { Handshake } from '../transports/handshake.ts'
import type { Transport } from '../transports/transport.ts'

/** Connections that may wait to be accepted. With Node's 511 a crowd that comes back at once loses its SYNs, and a second each. */
export const BACKLOG = 4096

/** Where a door brings its peers. */
export interface Reception {
  /** Asked at accept, before a byte is read. */
  enter(address: string): Entry | Refusal
  /** Gives a peer that was let in its connection. */
  accept(transport: Transport, entry: Entry): void
  /** A peer's handshake came to nothing. */
  failed(handshake: Handshake): void
}

/** A listener that peers come in by. */
export interface Door {
  /** host:port as it is listened on. */
  readonly address: string
  /** Takes no more peers; those inside stay. */
  stop(): void
}

export function hostPort(address: { address: string; port: number }): string {
  return address.address.includes(':') ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`
}
