import { directPeer } from '../shared/conversation-id.ts'
import type { Aftermath, Change, Details, Forward, Message, Reaction } from '../shared/gen/hawser.ts'
import { type Attributes, attributesOf } from './attributes.ts'
import { ownedChange } from './change.ts'
import { type ReceivedContent, receivedContent } from './content.ts'

/** A message as this client's user sees it. */
export interface ChatMessage extends ReceivedContent, MessageDetails, MessageAftermath {
  readonly conversationId: string
  /** 1, 2, 3 in its conversation: the order in which every member sees it (S4). */
  readonly seq: number
  /** The server's name for it, by which an operator can trace it. */
  readonly messageId: string
  /** The id of the user who sent it; '' for an entry that an operator made (G11). */
  readonly from: string
  /** The other user of a 1:1 conversation, seen by this client's user; '' in others. */
  readonly peer: string
  /** The id that its sender gave it (S3), 1 to 64 bytes. */
  readonly clientMessageId: string
  /** Milliseconds since 1970 when the server took it in. */
  readonly sentAt: number
  /** Set where this entry is no message but something done, which happens in pages and lists only; else undefined. */
  readonly change: Change | undefined
}

/** What a message has besides its content (S5). */
export interface MessageDetails {
  /** The `seq` of the message that this one answers; 0 for none. */
  readonly replyTo: number
  /** The `seq` of the message whose thread this one is in; 0 for none. */
  readonly thread: number
  /** The ids of the users whom it mentions; at most 50. */
  readonly mentions: readonly string[]
  /** It mentions everybody in the conversation. */
  readonly mentionAll: boolean
  /** Where the content was before, as the sender says; undefined where he says nothing. */
  readonly forward: Readonly<Forward> | undefined
  /** What the application keeps with the message; at most 16. */
  readonly attributes: Attributes
  /** Milliseconds since 1970 when it disappears; 0 for never. */
  readonly expiresAt: number
}

/** What has become of a message since, as far as it was known when it came; times in milliseconds since 1970, 0 for never. */
export interface MessageAftermath {
  /** When its content was changed last, in milliseconds since 1970; 0 for never. */
  readonly editedAt: number
  /** When it was taken back, in milliseconds since 1970; 0 for never. Its content is gone then. */
  readonly recalledAt: number
  /** The id of the user who took it back; '' where nobody did. */
  readonly recalledBy: string
  /** It has disappeared: the content is gone. */
  readonly expired: boolean
  /** Each kind of reaction, how many users gave it, and whether this user did; at most 50 kinds. */
  readonly reactions: readonly Readonly<Reaction>[]
  /** It is pinned for all members. */
  readonly pinned: boolean
}

const NOTHING_SINCE: MessageAftermath = { editedAt: 0, recalledAt: 0, recalledBy: '', expired: false, reactions: [], pinned: false }

export function chatMessage(message: Message, self: string): ChatMessage {
  const { change, details } = message
  return {
    conversationId: message.conversationId,
    seq: message.seq,
    messageId: message.messageId,
    from: message.sender,
    peer: directPeer(message.conversationId, self) ?? '',
    clientMessageId: message.clientMessageId,
    sentAt: message.sentAt,
    ...receivedContent(message),
    ...messageDetails(details),
    ...messageAftermath(message.aftermath),
    change: change && ownedChange(change),
  }
}

export function messageDetails(details: Details | undefined): MessageDetails {
  const { replyTo = 0, thread = 0, mentions = [], mentionAll = false, forward, attributes = [], expiresAt = 0 } = details ?? {}
  return { replyTo, thread, mentions, mentionAll, forward, attributes: attributesOf(attributes), expiresAt }
}

function messageAftermath(aftermath: Aftermath | undefined): MessageAftermath {
  return aftermath ?? NOTHING_SINCE
}
