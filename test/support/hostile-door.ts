import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { SUBPROTOCOL } from '../../shared/subprotocol.ts'
import { type Disguise, HostileNames } from './hostile-names.ts'

/** A WebSocket door before that of a core, which tells clients hostile names. */
export class HostileDoor implements Disposable {
  readonly url: string
  readonly #server: WebSocketServer

  private constructor(server: WebSocketServer) {
    this.#server = server
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`
  }

  static async to(target: string, disguises: readonly Disguise[]): Promise<HostileDoor> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => SUBPROTOCOL })
    await once(server, 'listening')
    server.on('connection', (client) => {
      const names = new HostileNames(disguises)
      const core = new WebSocket(target, [SUBPROTOCOL], { perMessageDeflate: false })
      const opened = once(core, 'open').catch(() => client.terminate())
      client.on('message', async (data, isBinary) => {
        await opened
        if (!isBinary) core.send(data.toString())
        else for (const frame of names.toServer(data as Buffer)) core.send(frame)
      })
      core.on('message', (data, isBinary) => {
        if (!isBinary) client.send(data.toString())
        else for (const frame of names.toClient(data as Buffer)) client.send(frame)
      })
      client.on('close', () => core.terminate()).on('error', () => {})
      core
        .on('close', (code, reason) => client.close(code === 1006 ? 4008 : code, names.reason(reason.toString())))
        .on('error', () => client.terminate())
    })
    return new HostileDoor(server)
  }

  [Symbol.dispose](): void {
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }
}
