import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A line between a client and a door that passes the client's bytes on one at a time, each as a segment of its own. */
export class DripRelay {
  readonly address: string
  readonly #stop: () => void

  private constructor(address: string, stop: () => void) {
    this.address = address
    this.#stop = stop
  }

  static async to(target: string): Promise<DripRelay> {
    const [host, port] = target.split(':')
    const sockets = new Set<Socket>()
    const server = createServer({ noDelay: true }, (client) => {
      const core = connect({ host: host as string, port: Number(port), noDelay: true })
      for (const socket of [client, core]) {
        sockets.add(socket)
        socket.on('error', () => socket.destroy())
      }
      core.pipe(client)
      drip(client, core).catch(() => {
        client.destroy()
        core.destroy()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new DripRelay(`127.0.0.1:${(server.address() as AddressInfo).port}`, () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
  }

  stop(): void {
    this.#stop()
  }
}

async function drip(from: Socket, to: Socket): Promise<void> {
  for await (const chunk of from) {
    for (const byte of chunk as Buffer) await new Promise<void>((done) => to.write(Uint8Array.of(byte), () => setImmediate(done)))
  }
  to.end()
}
