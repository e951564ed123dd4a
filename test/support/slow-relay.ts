import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const SLICE_BYTES = 2048

/** A line between clients and a door that carries so many bytes a second to each client; what clients say passes at once. */
export class SlowRelay implements Disposable {
  readonly address: string
  /** Lines that were opened so far. */
  opened = 0
  readonly #stop: () => void

  private constructor(address: string, stop: () => void) {
    this.address = address
    this.#stop = stop
  }

  static async to(target: string, bytesPerSecond: number): Promise<SlowRelay> {
    const [host, port] = target.split(':')
    const sockets = new Set<Socket>()
    const server = createServer({ noDelay: true }, (client) => {
      relay.opened++
      const door = connect({ host: host as string, port: Number(port), noDelay: true })
      const end = () => {
        client.destroy()
        door.destroy()
      }
      for (const socket of [client, door]) {
        sockets.add(socket)
        socket.on('error', end).on('close', end)
      }
      client.pipe(door)
      trickle(door, client, bytesPerSecond).then(end, end)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const relay = new SlowRelay(`127.0.0.1:${(server.address() as AddressInfo).port}`, () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
    return relay
  }

  [Symbol.dispose](): void {
    this.#stop()
  }
}

async function trickle(from: Socket, to: Socket, bytesPerSecond: number): Promise<void> {
  let freeAt = performance.now()
  for await (const chunk of from) {
    for (let at = 0; at < (chunk as Buffer).length; at += SLICE_BYTES) {
      const slice = (chunk as Buffer).subarray(at, at + SLICE_BYTES)
      // By the clock, so that timers that come late do not make the line slower yet.
      freeAt = Math.max(freeAt, performance.now() - 50) + (1000 * slice.length) / bytesPerSecond
      await sleep(Math.max(0, freeAt - performance.now()))
      to.write(slice)
    }
  }
}
