import { Command } from '../../shared/commands.ts'
import { RequestError } from '../../shared/errors.ts'
import { encodeFrame } from '../../shared/frame.ts'
import type { RoomMessage } from '../../shared/gen/hawser.ts'
import type { Session } from '../sessions/session.ts'
import { sendTo } from './send-to.ts'

const MAX_ROOMS = 100

/** Who is in which room. A room is there while somebody is in it, and keeps nothing (T4). */
export class Rooms {
  readonly #rooms = new Map<string, Set<Session>>()
  readonly #joined = new Map<Session, Set<string>>()

  /** Rooms that are there. */
  get size(): number {
    return this.#rooms.size
  }

  /** Sessions that are in a room. */
  get sessionCount(): number {
    return this.#joined.size
  }

  /** Who is in the room, at least nobody. */
  sessions(roomId: string): ReadonlySet<Session> {
    return this.#rooms.get(roomId) ?? new Set()
  }

  /** Gives how many sessions are in the room. Throws RequestError `limit_reached`. */
  join(session: Session, roomId: string): number {
    const joined = this.#joined.get(session) ?? new Set<string>()
    if (!joined.has(roomId) && joined.size >= MAX_ROOMS) {
      throw new RequestError('limit_reached', `A session is in at most ${MAX_ROOMS} rooms.`, { field: 'room_id' })
    }
    const room = this.#rooms.get(roomId) ?? new Set<Session>()
    this.#joined.set(session, joined.add(roomId))
    this.#rooms.set(roomId, room.add(session))
    return room.size
  }

  /** Gives how many sessions are left in the room. */
  leave(session: Session, roomId: string): number {
    const joined = this.#joined.get(session)
    joined?.delete(roomId)
    if (joined?.size === 0) this.#joined.delete(session)
    const room = this.#rooms.get(roomId)
    room?.delete(session)
    if (room?.size === 0) this.#rooms.delete(roomId)
    return room?.size ?? 0
  }

  /** To the others in the room. Gives to how many it went. Throws RequestError `forbidden` for one who is not in it. */
  publish(session: Session, roomMessage: RoomMessage): number {
    const room = this.#rooms.get(roomMessage.roomId)
    if (!room?.has(session)) throw new RequestError('forbidden', 'You are not in this room.', { field: 'room_id' })
    return sendTo(room, encodeFrame(Command.EVENT, 0, { typing: [], presence: [], roomMessage }), session)
  }

  /** The session is over. */
  forget(session: Session): void {
    for (const roomId of this.#joined.get(session) ?? []) this.leave(session, roomId)
  }
}
