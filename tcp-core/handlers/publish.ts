import { Command } from '../../shared/commands.ts'
import { CONTENT_TYPE_BYTES, checkId, ROOM_ID_BYTES } from '../../shared/fields.ts'
import type { Publish } from '../../shared/gen/hawser.ts'
import type { Rooms } from '../ephemeral/rooms.ts'
import { deliveryMs } from '../limits/delivery-cost.ts'
import type { Session } from '../sessions/session.ts'
import type { Clock } from '../time/clock.ts'
import { checkSize, DEFAULT_CONTENT_TYPE } from './send.ts'

export interface PublishParts {
  readonly config: { readonly maxContentBytes: number }
  readonly clock: Clock
  readonly ephemeral: { readonly rooms: Rooms }
}

/** PUBLISH: to the other sessions in a room, and nowhere else (T4). */
export function publish(
  { config, clock, ephemeral }: PublishParts,
  session: Session,
  requestId: number,
  { roomId, contentType, content }: Publish,
): undefined {
  checkId('room_id', roomId, ROOM_ID_BYTES)
  checkId('content_type', contentType, CONTENT_TYPE_BYTES)
  checkSize(config.maxContentBytes, content)
  const sessions = ephemeral.rooms.publish(session, {
    roomId,
    sender: session.user.id,
    sentAt: clock.now(),
    contentType: contentType || DEFAULT_CONTENT_TYPE,
    content,
  })
  session.user.loopTime.charge(deliveryMs(sessions, content.length))
  session.connection.send(Command.PUBLISH_ACK, requestId, { sessions })
}
