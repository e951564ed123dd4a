import type { Typing } from '../../shared/gen/hawser.ts'
import type { TypingNotices } from '../ephemeral/typing-notices.ts'
import type { Session } from '../sessions/session.ts'

export interface TypingParts {
  readonly ephemeral: { readonly typing: TypingNotices }
}

/** TYPING: told to the others who are online (T1). */
export function typing({ ephemeral }: TypingParts, session: Session, _requestId: number, body: Typing): undefined {
  ephemeral.typing.said(session, body.conversationId, body.stopped)
}
