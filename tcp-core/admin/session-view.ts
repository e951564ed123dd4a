import { DeviceClass } from '../../shared/gen/hawser.ts'
import type { Session } from '../sessions/session.ts'

const classNames = new Map<number, string>(Object.entries(DeviceClass).map(([name, value]) => [value, name.toLowerCase()]))

/** A session as an operator sees it. */
export function sessionView(session: Session) {
  const { connection } = session
  return {
    id: session.id,
    user: session.user.id,
    device: session.device.id,
    deviceClass: classNames.get(session.device.class),
    client: session.device.client,
    transport: connection.transport.kind,
    address: connection.transport.remoteAddress,
    generation: session.generation,
    startedAt: new Date(session.startedAt).toISOString(),
    lastTick: new Date(connection.heardAt).toISOString(),
    packetsIn: connection.packetsIn,
    packetsOut: connection.packetsOut,
    bytesIn: connection.bytesIn,
    bytesOut: connection.bytesOut,
    ackWait: session.ackWait.messages,
    bufferedBytes: connection.transport.bufferedBytes,
  }
}
export type SessionView = ReturnType<typeof sessionView>
