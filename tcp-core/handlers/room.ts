import { Command } from '../../shared/commands.ts'
import type { Room } from '../../shared/gen/hawser.ts'
import type { Core } from '../core.ts'
import { checkText } from '../fields.ts'
import type { Session } from '../session.ts'

const ROOM_ID_BYTES = { min: 1, max: 128 }

/** ROOM: joins a room or leaves it; either may be repeated (T4). */
export function room({ fleeting: { rooms } }: Core, session: Session, requestId: number, { roomId, leave }: Room): undefined {
  checkText('room_id', roomId, ROOM_ID_BYTES)
  const sessions = leave ? rooms.leave(session, roomId) : rooms.join(session, roomId)
  session.connection.send(Command.ROOM_ACK, requestId, { roomId, sessions })
}
