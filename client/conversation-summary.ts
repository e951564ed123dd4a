import type { Conversation } from '../shared/gen/hawser.ts'
import { type ChatMessage, chatMessage } from './chat-message.ts'

/** A row of the user's list of conversations (Y2); the positions are the truth that receipts only announce (Y3). */
export interface ConversationSummary {
  readonly conversationId: string
  readonly peer: string
  readonly lastSeq: number
  readonly readSeq: number
  readonly deliveredSeq: number
  /** Messages of others past `readSeq`, counted up to 1000. */
  readonly unread: number
  readonly peerReadSeq: number
  readonly peerDeliveredSeq: number
  readonly lastMessage?: ChatMessage
}

export function conversationSummary(conversation: Conversation, self: string): ConversationSummary {
  const { lastMessage, epoch: _epoch, digest: _digest, ...positions } = conversation
  return lastMessage ? { ...positions, lastMessage: chatMessage(lastMessage, self) } : positions
}
