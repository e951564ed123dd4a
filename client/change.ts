import type { Change, Message } from '../shared/gen/hawser.ts'

/** Something done to a conversation: an entry of its log like a message, at a `seq` of its own. */
export interface ConversationChange {
  readonly conversationId: string
  /** Its number in the conversation, among the messages'. */
  readonly seq: number
  /** The id of the user who did it; '' where an operator did (G11). */
  readonly by: string
  /** Milliseconds since 1970 when the server took it in. */
  readonly at: number
  /** One field says what was done; none, that it is not for this user, or of a newer server. */
  readonly change: Change
}

export function conversationChange(message: Message, change: Change): ConversationChange {
  const { conversationId, seq, sender, sentAt } = message
  return { conversationId, seq, by: sender, at: sentAt, change: ownedChange(change) }
}

/** The content of an edit is a view into a received chunk: it is copied. */
export function ownedChange(change: Change): Change {
  const { edit } = change
  return edit ? { ...change, edit: { ...edit, content: edit.content.slice() } } : change
}
