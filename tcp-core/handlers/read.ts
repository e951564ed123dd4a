import { Command } from '../../shared/commands.ts'
import { conversationIdFault, conversationKind, directPeer, MAX_CONVERSATION_ID, ownConversationId } from '../../shared/conversation-id.ts'
import type { Read } from '../../shared/gen/hawser.ts'
import type { Receipts } from '../delivery/receipts.ts'
import { noConversation } from '../log/rules/refusals.ts'
import type { Session } from '../sessions/session.ts'
import { unavailable } from './unavailable.ts'

export interface ReadParts {
  readonly receipts: Receipts
}

/** READ: moves the user's read position (Y3). */
export async function read({ receipts }: ReadParts, session: Session, requestId: number, body: Read): Promise<void> {
  const { conversationId, seq } = body
  if (!mayBeIn(session.user.id, conversationId)) throw noConversation(conversationId)
  const held = await receipts.read(session, conversationId, seq).catch(unavailable)
  // Y4: a group is never without an entry, so that a position of nothing is that of nobody.
  const isNobodys = held === 0 && seq > 0 && conversationKind(conversationId) === 'group'
  if (isNobodys || (held === 0 && conversationIdFault(conversationId))) throw noConversation(conversationId)
  session.connection.send(Command.READ_ACK, requestId, { conversationId, seq: held })
}

/** Y4, as far as the id tells: whether the user is in a group, the log knows, and whether a name that is none today was one once. */
export function mayBeIn(userId: string, conversationId: string): boolean {
  if (conversationId.length > MAX_CONVERSATION_ID) return false
  switch (conversationKind(conversationId)) {
    case 'direct':
      return directPeer(conversationId, userId) !== undefined
    case 'own':
      return conversationId === ownConversationId(userId)
    case 'group':
      return true
    case undefined:
      return false
  }
}
