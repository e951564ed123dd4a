import type { CloseName } from '../shared/codes.ts'
import { Connection } from './connection.ts'
import type { Core } from './core.ts'
import type { Transport } from './transports/transport.ts'

/** The connections that came in by the core's own doors, so that a stop can end them. */
export class ConnectionSet {
  readonly #connections = new Set<Connection>()
  #emptied: (() => void) | undefined

  get size(): number {
    return this.#connections.size
  }

  accept(core: Core, transport: Transport): void {
    const connection = new Connection(core, transport, () => {
      this.#connections.delete(connection)
      if (this.#connections.size === 0) this.#emptied?.()
    })
    this.#connections.add(connection)
    connection.start()
  }

  /** Reads nothing more from anybody. */
  pause(): void {
    for (const connection of this.#connections) connection.transport.pause()
  }

  /** Resolves when every peer is gone, by itself or by force. */
  async close(code: CloseName): Promise<void> {
    if (this.#connections.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#emptied = resolve
    for (const connection of this.#connections) connection.close(code)
    await promise
  }
}
