import type { ConversationChange } from 'hawser'
import type { StoredMessage } from './stored-message.ts'

const NOTHING = new Uint8Array(0)

/** A change as a page of the log would have it, so that both are shown alike. */
export function entryOf({ conversationId, seq, by, at, change }: ConversationChange): StoredMessage {
  return {
    conversationId,
    seq,
    from: by,
    sentAt: at,
    change,
    clientMessageId: '',
    contentType: '',
    content: NOTHING,
    text: '',
    replyTo: 0,
    thread: 0,
    mentions: [],
    mentionAll: false,
    forward: undefined,
    expiresAt: 0,
    editedAt: 0,
    recalledAt: 0,
    recalledBy: '',
    expired: false,
    reactions: [],
    pinned: false,
  }
}
