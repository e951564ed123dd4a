import type { ConversationChange } from 'hawser'
import type { StoredMessage } from './stored-message.ts'

const NOTHING = new Uint8Array(0)
const utf8 = new TextDecoder()

/** The seq of the message that a change is about; undefined where it is about none. */
export function seqConcerned({ change: { edit, recall, react, pin } }: ConversationChange): number | undefined {
  return (edit ?? recall ?? react ?? pin)?.seq
}

/**
 * The message after what was done to it. One that was pulled since has it applied already,
 * and applying it again changes nothing (docs/PROTOCOL.md, C2).
 */
export function afterChange(message: StoredMessage, done: ConversationChange, self: string): StoredMessage {
  const { edit, recall, react, pin } = done.change
  if (edit) {
    const { contentType, content, details } = edit
    // A later edit, or a recall, has emptied this one.
    if (content.length === 0 || message.recalledAt) return message
    const edited = details && { mentions: details.mentions, mentionAll: details.mentionAll }
    return {
      ...message,
      ...edited,
      contentType,
      content,
      text: contentType.startsWith('text/') ? utf8.decode(content) : '',
      editedAt: done.at,
    }
  }
  if (recall) return { ...message, content: NOTHING, text: '', recalledAt: done.at, recalledBy: done.by, reactions: [] }
  if (react) return { ...message, reactions: reacted(message.reactions, react, done, self) }
  return pin ? { ...message, pinned: !pin.removed } : message
}

type Reactions = StoredMessage['reactions']

/** Counts of others' reactions are told by the server; between two answers of it they are counted here. */
function reacted(before: Reactions, react: { key: string; removed: boolean }, { by }: ConversationChange, self: string): Reactions {
  const known = before.find(({ key }) => key === react.key)
  const isOwn = by === self
  // Applied already: what is one's own is known for certain.
  if (isOwn && (known?.own ?? false) === !react.removed) return before
  const count = (known?.count ?? 0) + (react.removed ? -1 : 1)
  const next = { key: react.key, count, own: isOwn ? !react.removed : (known?.own ?? false) }
  if (count <= 0) return before.filter(({ key }) => key !== react.key)
  return known ? before.map((each) => (each.key === react.key ? next : each)) : [...before, next]
}
