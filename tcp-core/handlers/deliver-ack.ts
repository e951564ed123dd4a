import { MAX_CONVERSATION_ID } from '../../shared/conversation-id.ts'
import type { DeliverAck } from '../../shared/gen/hawser.ts'
import type { Core } from '../core.ts'
import type { Session } from '../sessions/session.ts'

/** DELIVER_ACK: opens the session's window and moves the user's delivered position (R3). */
export function deliverAck(core: Core, session: Session, _requestId: number, body: DeliverAck): undefined {
  for (const { conversationId, seq } of body.positions) {
    // What names nothing is kept nowhere.
    if (conversationId.length > MAX_CONVERSATION_ID) continue
    session.acknowledge(conversationId, seq)
    core.trace.acknowledged(session.traced, conversationId, seq)
    core.receipts.delivered(session.user.id, conversationId, seq)
  }
}
