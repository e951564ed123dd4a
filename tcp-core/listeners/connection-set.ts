import type { CloseName } from '../../shared/codes.ts'
import type { Entry, Gate, Refusal } from '../limits/gate.ts'
import { Connection, type ConnectionParts } from '../sessions/connection.ts'
import type { Handshake } from '../transports/handshake.ts'
import type { Transport } from '../transports/transport.ts'
import type { Reception } from './door.ts'

export interface ConnectionSetParts extends ConnectionParts {
  readonly gate: Gate
}

/** The connections that came in by the core's own doors, so that a stop can end them. */
export class ConnectionSet implements Reception {
  readonly #parts: ConnectionSetParts
  readonly #connections = new Set<Connection>()
  #emptied: (() => void) | undefined
  /** Set once everybody is being ended; who comes in late, from a handshake, is ended as well. */
  #closing: CloseName | undefined

  constructor(parts: ConnectionSetParts) {
    this.#parts = parts
  }

  enter(address: string): Entry | Refusal {
    const entry = this.#parts.gate.enter(address)
    if ('code' in entry) this.#parts.metrics.closedBeforeLogin(entry.code)
    return entry
  }

  failed(handshake: Handshake): void {
    this.#parts.metrics.handshakeFailed(handshake)
  }

  accept(transport: Transport, entry: Entry): void {
    const connection = new Connection(this.#parts, transport, entry, () => {
      this.#connections.delete(connection)
      if (this.#connections.size === 0) this.#emptied?.()
    })
    this.#connections.add(connection)
    connection.start()
    if (this.#closing) connection.close(this.#closing)
  }

  /** Reads nothing more from anybody. */
  pause(): void {
    for (const connection of this.#connections) connection.pause()
  }

  /** Calls `farewell` for everybody, then ends them. Resolves when every peer is gone, by itself or by force. */
  async close(code: CloseName, farewell: (connection: Connection) => void): Promise<void> {
    this.#closing = code
    if (this.#connections.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#emptied = resolve
    for (const connection of this.#connections) {
      farewell(connection)
      connection.close(code)
    }
    await promise
  }
}
