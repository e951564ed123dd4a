import type { Transport } from '../transports/transport.ts'

/** Gives a new peer a connection. */
export type Accept = (transport: Transport) => void

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

/** The peer's address in its plain form: an IPv4 one that came mapped into IPv6 is IPv4. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '')
}
