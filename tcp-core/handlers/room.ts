import { Command } from '../../shared/commands.ts'
import { checkId, ROOM_ID_BYTES } from '../../shared/fields.ts'
import type { Room } from '../../shared/gen/hawser.ts'
import type { Rooms } from '../ephemeral/rooms.ts'
import type { Session } from '../sessions/session.ts'

export interface RoomParts {
  readonly ephemeral: { readonly rooms: Rooms }
}

/** ROOM: joins a room or leaves it; either may be repeated (T4). */
export function room({ ephemeral: { rooms } }: RoomParts, session: Session, requestId: number, { roomId, leave }: Room): undefined {
  checkId('room_id', roomId, ROOM_ID_BYTES)
  const sessions = leave ? rooms.leave(session, roomId) : rooms.join(session, roomId)
  session.connection.send(Command.ROOM_ACK, requestId, { roomId, sessions })
}
