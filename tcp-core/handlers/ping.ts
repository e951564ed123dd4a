import { Command } from '../../shared/commands.ts'
import type { Connection } from '../sessions/connection.ts'

/** H1. The connection has noted the time already. */
export function ping(_parts: object, connection: Connection, requestId: number): undefined {
  connection.send(Command.PONG, requestId, {})
}
