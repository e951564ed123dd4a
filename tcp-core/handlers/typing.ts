import type { Typing } from '../../shared/gen/hawser.ts'
import type { Core } from '../core.ts'
import type { Session } from '../sessions/session.ts'

/** TYPING: told to the others who are online (T1). */
export function typing({ fleeting }: Core, session: Session, _requestId: number, body: Typing): undefined {
  fleeting.typing.said(session, body.conversationId, body.stopped)
}
