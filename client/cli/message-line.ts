import type { ChatMessage } from '../node.ts'

/** A message as one line of JSON. */
export function messageLine({ conversationId: conversation, seq, messageId, from, text, sentAt }: ChatMessage): string {
  return JSON.stringify({ conversation, seq, messageId, from, text, sentAt })
}
