import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line to a door that can be left as a network is left: nothing passes any more, either way, and nothing is closed. */
export class SwallowingRelay implements Disposable {
  readonly address: string
  /** Lines that were opened so far. */
  opened = 0
  readonly #lines = new Set<readonly [Socket, Socket]>()
  readonly #stop: () => void

  private constructor(address: string, stop: () => void) {
    this.address = address
    this.#stop = stop
  }

  /** `target` is host:port. */
  static async to(target: string): Promise<SwallowingRelay> {
    const [host, port] = target.split(':')
    const sockets = new Set<Socket>()
    const server = createServer({ noDelay: true }, (client) => {
      const door = connect({ host: host as string, port: Number(port), noDelay: true })
      for (const [from, to] of [
        [client, door],
        [door, client],
      ] as const) {
        sockets.add(from)
        from.on('data', (chunk) => void to.write(chunk))
        from.on('error', () => to.destroy()).on('close', () => to.destroy())
      }
      relay.opened++
      relay.#lines.add([client, door])
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const relay = new SwallowingRelay(`127.0.0.1:${(server.address() as AddressInfo).port}`, () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
    return relay
  }

  /** The lines that are there are dead from now on; new ones are well. */
  swallow(): void {
    for (const socket of [...this.#lines].flat())
      socket
        .removeAllListeners('data')
        .removeAllListeners('close')
        .on('data', () => {})
    this.#lines.clear()
  }

  [Symbol.dispose](): void {
    this.#stop()
  }
}
