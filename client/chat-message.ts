import { directPeer } from '../shared/conversation-id.ts'
import type { Message } from '../shared/gen/hawser.ts'

export interface ChatMessage {
  readonly conversationId: string
  /** 1, 2, 3 in its conversation: the order in which every member sees it (S4). */
  readonly seq: number
  readonly messageId: string
  readonly from: string
  /** The other user of a 1:1 conversation, seen by this client's user; '' in others. */
  readonly peer: string
  readonly clientMessageId: string
  /** Milliseconds since 1970 when the server took it in. */
  readonly sentAt: number
  readonly contentType: string
  readonly content: Uint8Array
  /** The content as text if its type is text/*, else ''. */
  readonly text: string
}

/** The content type of text, and what an empty one stands for (S1). */
export const TEXT_PLAIN = 'text/plain'

const utf8 = new TextDecoder()

/** `content` is copied: it is a view into a received chunk, which one small message would keep alive. */
export function chatMessage(message: Message, self: string): ChatMessage {
  const contentType = message.contentType || TEXT_PLAIN
  return {
    conversationId: message.conversationId,
    seq: message.seq,
    messageId: message.messageId,
    from: message.sender,
    peer: directPeer(message.conversationId, self) ?? '',
    clientMessageId: message.clientMessageId,
    sentAt: message.sentAt,
    contentType,
    content: message.content.slice(),
    text: contentType.startsWith('text/') ? utf8.decode(message.content) : '',
  }
}
