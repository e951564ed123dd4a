import { attachmentOf, type ChatMessage } from 'hawser'
import { shownName } from '../../shared/foreign-text.ts'
import { isPicture } from './files.ts'
import { sentenceOf } from './sentence.ts'
import { now } from './server-date.ts'

/** What the page needs of an entry of the log, whether it was delivered, pulled or acknowledged. */
export type StoredMessage = Omit<ChatMessage, 'messageId' | 'peer' | 'attributes'>

/** What has taken a message's content away (docs/PROTOCOL.md, S5 and M2). */
export type Gone = 'recalled' | 'expired'

export function goneOf({ recalledAt, expired, expiresAt }: StoredMessage, at = now()): Gone | undefined {
  if (recalledAt) return 'recalled'
  return expired || (expiresAt && expiresAt <= at) ? 'expired' : undefined
}

/** One line that stands for an entry: in the list of conversations, in a quote, in a search. */
export function previewOf(message: StoredMessage, self: string): string {
  if (message.change) return sentenceOf({ by: message.from, change: message.change }, self)
  const gone = goneOf(message)
  if (gone) return gone === 'recalled' ? 'Message taken back' : 'Message disappeared'
  return textOf(message)
}

/** The content may be anything (docs/PROTOCOL.md, S1); this page shows text and attachments. */
export function textOf(message: Pick<StoredMessage, 'contentType' | 'content' | 'text'>): string {
  const attachment = attachmentOf(message)
  if (attachment) return attachment.caption || (isPicture(attachment.type) ? 'Photo' : shownName(attachment.name))
  return message.contentType.startsWith('text/') ? message.text : `[${shownName(message.contentType)}]`
}

/** The message at `seq` changed; the same list where it is not in it. */
export function changedAt(
  messages: readonly StoredMessage[],
  seq: number,
  change: (message: StoredMessage) => StoredMessage,
): readonly StoredMessage[] {
  if (!messages.some((message) => message.seq === seq)) return messages
  return messages.map((message) => (message.seq === seq ? change(message) : message))
}

/** Both in ascending order, each seq once. What arrives is mostly the newest, so that is tried first. */
export function joined(present: readonly StoredMessage[], more: readonly StoredMessage[]): readonly StoredMessage[] {
  const newest = present.at(-1)?.seq ?? 0
  if (more.every(({ seq }) => seq > newest)) return [...present, ...more]
  const bySeq = new Map(present.map((message) => [message.seq, message]))
  for (const message of more) bySeq.set(message.seq, message)
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}
