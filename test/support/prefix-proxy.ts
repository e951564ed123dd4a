import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A web server that has an edge below a path, as people have one for everything; elsewhere it answers 404. */
export class PrefixProxy implements Disposable {
  /** Of the edge's folder, with a slash at its end. */
  readonly url: string
  /** Paths outside the prefix that were asked for. */
  readonly strays: string[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  static async to(target: string, prefix = '/team/chat/'): Promise<PrefixProxy> {
    const { hostname, port } = new URL(target)
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const proxy = new PrefixProxy(server, `http://localhost:${(server.address() as AddressInfo).port}${prefix}`)
    const ask = ({ url = '', method, headers }: IncomingMessage) =>
      request({ hostname, port, method, path: url.slice(prefix.length - 1), headers, agent: false })
    const isStray = ({ url = '' }: IncomingMessage) => !url.startsWith(prefix) && proxy.strays.push(url)
    server.on('connection', (socket) => proxy.#sockets.add(socket))
    server.on('request', (incoming, outgoing) => {
      if (isStray(incoming)) return outgoing.writeHead(404).end()
      const asked = ask(incoming).on('error', () => outgoing.destroy())
      asked.on('response', (answer) => answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, answer.headers)))
      return incoming.pipe(asked)
    })
    server.on('upgrade', (incoming: IncomingMessage, client: Duplex) => {
      if (isStray(incoming)) return client.end('HTTP/1.1 404 Not Found\r\n\r\n')
      const asked = ask(incoming).on('error', () => client.destroy())
      asked.on('upgrade', ({ rawHeaders }, door) => {
        const lines = rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`))
        client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`)
        client.on('error', () => door.destroy()).on('close', () => door.destroy())
        door.on('error', () => client.destroy()).on('close', () => client.destroy())
        client.pipe(door).pipe(client)
      })
      return asked.end()
    })
    return proxy
  }

  [Symbol.dispose](): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}
