import { directConversationId } from '../shared/conversation-id.ts'

/** A user, whose 1:1 conversation it is for, or a conversation. */
export type Recipient = { readonly to: string } | { readonly conversationId: string }

/** A 1:1 conversation by its other user, or any by its id. */
export type ConversationRef = { readonly with: string } | { readonly conversationId: string }

/** S1: exactly one of the two is given. */
export function addressOf(to: Recipient): { toUser: string; conversationId: string } {
  return 'to' in to ? { toUser: to.to, conversationId: '' } : { toUser: '', conversationId: to.conversationId }
}

export function conversationIdOf(of: ConversationRef, self: string): string {
  return 'with' in of ? directConversationId(self, of.with) : of.conversationId
}
