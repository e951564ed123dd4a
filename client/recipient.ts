import { directConversationId } from '../shared/conversation-id.ts'

/** To whom something goes: to a user by his id (1 to 128 bytes), in the 1:1 conversation with him, or to a conversation by its id. */
export type Recipient = { readonly to: string } | { readonly conversationId: string }

/** Which conversation: the 1:1 conversation with a user, by his id, or any by its id. */
export type ConversationRef = { readonly with: string } | { readonly conversationId: string }

/** S1: exactly one of the two is given. */
export function addressOf(to: Recipient): { toUser: string; conversationId: string } {
  return 'to' in to ? { toUser: to.to, conversationId: '' } : { toUser: '', conversationId: to.conversationId }
}

export function conversationIdOf(of: ConversationRef, self: string): string {
  return 'with' in of ? directConversationId(self, of.with) : of.conversationId
}
