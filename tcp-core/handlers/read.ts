import { Command } from '../../shared/commands.ts'
import { directPeer } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import type { Read } from '../../shared/gen/hawser.ts'
import type { Core } from '../core.ts'
import type { Session } from '../session.ts'
import { unavailable } from './unavailable.ts'

/** READ: moves the user's read position (Y3). */
export async function read(core: Core, session: Session, requestId: number, body: Read): Promise<void> {
  const { conversationId, seq } = body
  if (directPeer(conversationId, session.user.id) === undefined) {
    throw new RequestError('conversation_unknown', 'There is no such conversation for you.', { field: 'conversation_id' })
  }
  const held = await core.receipts.read(session, conversationId, seq).catch(unavailable)
  session.connection.send(Command.READ_ACK, requestId, { conversationId, seq: held })
}
