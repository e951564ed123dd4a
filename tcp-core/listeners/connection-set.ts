import type { CloseName } from '../../shared/codes.ts'
import type { Core } from '../core.ts'
import type { Entry, Refusal } from '../limits/gate.ts'
import { Connection } from '../sessions/connection.ts'
import type { Transport } from '../transports/transport.ts'
import type { Handshake, Reception } from './door.ts'

/** The connections that came in by the core's own doors, so that a stop can end them. */
export class ConnectionSet implements Reception {
  readonly #core: Core
  readonly #connections = new Set<Connection>()
  #emptied: (() => void) | undefined
  /** Set once everybody is being ended; who comes in late, from a handshake, is ended as well. */
  #closing: CloseName | undefined

  constructor(core: Core) {
    this.#core = core
  }

  enter(address: string): Entry | Refusal {
    const entry = this.#core.gate.enter(address)
    if ('code' in entry) this.#core.metrics.closedBeforeLogin(entry.code)
    return entry
  }

  failed(handshake: Handshake): void {
    this.#core.metrics.handshakeFailed(handshake)
  }

  accept(transport: Transport, entry: Entry): void {
    const connection = new Connection(this.#core, transport, entry, () => {
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
