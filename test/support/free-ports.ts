import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Below the ports that a system gives to whoever asks for any. */
const FIRST = 10_000
const PER_WORKER = 1000
const WORKERS = 22

/**
 * Ports for a server that will be started again on them. One that was given with port 0 may be
 * gone by then: as long as the server is down, any outgoing connection can be given it.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: Server[] = []
  const ports: number[] = []
  while (ports.length < count) {
    // Test files that run at the same time choose from ranges of their own.
    const port = FIRST + (Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS) * PER_WORKER + randomInt(PER_WORKER)
    const server = await listening(port)
    if (!server) continue
    held.push(server)
    ports.push(port)
  }
  await Promise.all(held.map((server) => once(server.close(), 'close')))
  return ports
}

/** Undefined where the port is taken. */
async function listening(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return undefined
  }
}
