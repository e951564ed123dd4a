import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type Door, hostPort } from '../listeners/door.ts'
import type { UplinkView } from '../uplink/dialer.ts'
import { adminApp } from './admin-app.ts'
import type { AdminParts } from './admin-parts.ts'

export interface AdminOptions {
  readonly host: string
  readonly port: number
  readonly key: string
  readonly uplinks: () => readonly UplinkView[]
}

/** Opens the admin door. Rejects with the system's error if the address cannot be had. */
export async function listenAdmin(parts: AdminParts, options: AdminOptions): Promise<Door> {
  const server = createServer(getRequestListener(adminApp(parts, options.key, options.uplinks).fetch))
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
