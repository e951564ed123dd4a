import type { FleetingEvent } from '../shared/gen/hawser.ts'
import { broadcastOf } from './broadcast.ts'
import type { Emitter } from './emitter.ts'
import type { ClientEvents } from './events.ts'
import { presenceOf } from './presence.ts'
import { roomMessageOf } from './rooms.ts'

/** What comes by EVENT: the latest wins, some of it may be merged or lost (docs/PROTOCOL.md, "Fleeting"). */
export function emitFleeting(emitter: Emitter<ClientEvents>, event: FleetingEvent): void {
  const { receipt, typing, presence, roomMessage, broadcast } = event
  if (receipt) emitter.emit('receipt', receipt)
  for (const each of typing) emitter.emit('typing', each)
  for (const each of presence) emitter.emit('presence', presenceOf(each))
  if (roomMessage) emitter.emit('roomMessage', roomMessageOf(roomMessage))
  if (broadcast) emitter.emit('broadcast', broadcastOf(broadcast))
}
