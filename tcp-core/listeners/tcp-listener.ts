import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { StreamTransport } from '../transports/stream-transport.ts'
import { type Accept, type Door, hostPort, plainAddress } from './door.ts'

/** The TCP door. Rejects with the system's error if the address cannot be had. */
export async function listenTcp(options: { host: string; port: number }, accept: Accept): Promise<Door> {
  const server = createServer({ noDelay: true, pauseOnConnect: false, highWaterMark: 64 * 1024 }, (socket) => {
    accept(new StreamTransport(socket, 'tcp', plainAddress(socket.remoteAddress)))
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return {
    address: hostPort(server.address() as AddressInfo),
    stop: () => void server.close(),
  }
}
