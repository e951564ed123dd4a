import { type ConversationKind, conversationKind } from '../shared/conversation-id.ts'
import type { Conversation } from '../shared/gen/hawser.ts'
import { type ChatMessage, chatMessage } from './chat-message.ts'
import { type Group, groupOf } from './group.ts'
import type { Preferences } from './personal.ts'

/** A row of the user's list of conversations (Y2); the positions are the truth that receipts only announce (Y3). */
export interface ConversationSummary {
  readonly conversationId: string
  /** `own`: what the user keeps for himself. Undefined for a kind that is newer than this client. */
  readonly kind: ConversationKind | undefined
  /** The other user of a 1:1 conversation; '' in others. */
  readonly peer: string
  readonly lastSeq: number
  readonly readSeq: number
  readonly deliveredSeq: number
  /** Messages of others past `readSeq`, counted up to 1000. */
  readonly unread: number
  /** Those of the unread ones that mention the user or all. */
  readonly mentions: number
  readonly peerReadSeq: number
  readonly peerDeliveredSeq: number
  /** The last entry, which may be a change. */
  readonly lastMessage?: ChatMessage
  /** Where it is a group. */
  readonly group?: Group
  readonly preference?: Readonly<Preferences>
  /** Exclusive: what is up to here is not for this user, who came later or has cleared it. */
  readonly beginSeq: number
  /** The user is not in the group any more; `lastSeq` is the last entry that is for this user. */
  readonly left: boolean
}

export function conversationSummary(conversation: Conversation, self: string): ConversationSummary {
  const { lastMessage, group, preference, epoch: _epoch, digest: _digest, ...rest } = conversation
  return {
    ...rest,
    kind: conversationKind(conversation.conversationId),
    ...(lastMessage && { lastMessage: chatMessage(lastMessage, self) }),
    ...(group && { group: groupOf(group) }),
    ...(preference && { preference }),
  }
}
