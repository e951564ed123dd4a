import { Command } from '../../shared/commands.ts'
import type { Publish } from '../../shared/gen/hawser.ts'
import type { Core } from '../core.ts'
import { checkText } from '../fields.ts'
import type { Session } from '../session.ts'
import { checkSize, DEFAULT_CONTENT_TYPE } from './send.ts'

/** PUBLISH: to the other sessions in a room, and nowhere else (T4). */
export function publish(core: Core, session: Session, requestId: number, { roomId, contentType, content }: Publish): undefined {
  checkText('content_type', contentType, { min: 0, max: 128 })
  checkSize(core, content)
  const sessions = core.fleeting.rooms.publish(session, {
    roomId,
    sender: session.user.id,
    sentAt: core.clock.now(),
    contentType: contentType || DEFAULT_CONTENT_TYPE,
    content,
  })
  session.connection.send(Command.PUBLISH_ACK, requestId, { sessions })
}
