import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Core } from '../core.ts'
import { type Door, hostPort } from '../listeners/door.ts'
import { adminApp } from './admin-app.ts'

/** Opens the admin door. Rejects with the system's error if the address cannot be had. */
export async function listenAdmin(core: Core, options: { host: string; port: number; key: string }): Promise<Door> {
  const server = createServer(getRequestListener(adminApp(core, options.key).fetch))
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return {
    address: hostPort(server.address() as AddressInfo),
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
