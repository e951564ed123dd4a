import { MAX_CONVERSATION_ID } from '../../shared/conversation-id.ts'
import type { DeliverAck } from '../../shared/gen/hawser.ts'
import type { Receipts } from '../delivery/receipts.ts'
import type { Trace } from '../delivery/trace.ts'
import type { Session } from '../sessions/session.ts'

export interface DeliverAckParts {
  readonly trace: Trace
  readonly receipts: Receipts
}

/** DELIVER_ACK: opens the session's window and moves the user's delivered position (R3). */
export function deliverAck({ trace, receipts }: DeliverAckParts, session: Session, _requestId: number, body: DeliverAck): undefined {
  for (const { conversationId, seq } of body.positions) {
    // What names nothing is kept nowhere.
    if (conversationId.length > MAX_CONVERSATION_ID) continue
    session.acknowledge(conversationId, seq)
    trace.acknowledged(session.traced, conversationId, seq)
    receipts.delivered(session.user.id, conversationId, seq)
  }
}
