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
  /** The `seq` of the last entry. */
  readonly lastSeq: number
  /** Up to where the user has read it, on whatever device. */
  readonly readSeq: number
  /** Up to where it has arrived at a device of the user. */
  readonly deliveredSeq: number
  /** How many messages of others lie past `readSeq`: counted up to 1,000, in the 5,000 entries after it. Changes do not count. */
  readonly unread: number
  /** How many of the unread messages mention the user or everybody. */
  readonly mentions: number
  /** In a 1:1 conversation: up to where the other user has read it. 0 in others, and where one has blocked the other (P2). */
  readonly peerReadSeq: number
  /** In a 1:1 conversation: up to where it has arrived at a device of the other user. 0 where `peerReadSeq` is 0 for these reasons. */
  readonly peerDeliveredSeq: number
  /** The last entry, which may be a change; undefined where there is none. */
  readonly lastMessage?: ChatMessage
  /** What the group is; undefined where this is no group. */
  readonly group?: Group
  /** What the user keeps about it (P1); undefined where that is nothing. */
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
