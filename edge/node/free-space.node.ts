import { once } from 'node:events'
import { statfs } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Tells workerd how many bytes are free where a folder is, which it cannot see by itself: on a
 * port of the loopback, to whoever asks, until `over`. Gives `host:port`. It keeps no process running.
 */
export async function serveFreeSpace(folder: string, over: AbortSignal): Promise<string> {
  const server = createServer((_, response) => {
    statfs(folder).then(
      ({ bavail, bsize }) => response.end(String(bavail * bsize)),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  })
  server.listen({ port: 0, host: '127.0.0.1', signal: over }).unref()
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
