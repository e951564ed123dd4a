import { attachmentOf } from 'hawser'
import type { Conversation } from './conversation.ts'
import { asStored, type QueuedMessage } from './outbox.ts'
import type { GroupReceipt } from './receipts.ts'
import { hasLine, sentenceOf } from './sentence.ts'
import { type Gone, goneOf, type StoredMessage, textOf } from './stored-message.ts'
import { sameDay } from './time.ts'
import type { Upload } from './uploads.ts'

/** How far an own message has come: queued here, stored, arrived at the others, read by them. */
export type Mark = 'sent' | 'stored' | 'delivered' | 'read' | 'failed'

interface Shown {
  /** The same for an own message before and after its ack, so that its element stays. */
  readonly key: string
  readonly at: number
  readonly startsDay: boolean
}

/** One message as it is shown. */
export interface MessageRow extends Shown {
  readonly kind: 'message'
  /** Without a place (0) while it is on its way. */
  readonly message: StoredMessage
  readonly text: string
  readonly attachment: ReturnType<typeof attachmentOf>
  readonly gone: Gone | undefined
  /** Set on own messages only. */
  readonly mark: Mark | undefined
  /** The refused message behind a `failed` mark. */
  readonly failed: QueuedMessage | undefined
  readonly startsGroup: boolean
}

/** Something done to the conversation. */
export interface LineRow extends Shown {
  readonly kind: 'line'
  readonly seq: number
  readonly text: string
}

/** A file on its way. */
export interface UploadRow extends Shown {
  readonly kind: 'upload'
  readonly upload: Upload
}

export type Row = MessageRow | LineRow | UploadRow

/** What the rows of a conversation are made of. */
export interface Sources {
  readonly self: string
  readonly stored: readonly StoredMessage[]
  readonly queued: readonly QueuedMessage[]
  readonly uploads: readonly Upload[]
  readonly conversation: Conversation | undefined
  /** In a group: up to where everybody has received and read. */
  readonly everybody: { readonly deliveredSeq: number; readonly readSeq: number }
}

/** Messages of one sender this close together are shown as one group. */
const GROUP_MS = 5 * 60_000

/** The stored messages in order, then what is on its way. */
export function rowsOf({ self, stored, queued, uploads, conversation, everybody }: Sources): Row[] {
  const rows: Row[] = []
  const reached = conversation?.peer ? { deliveredSeq: conversation.peerDeliveredSeq, readSeq: conversation.peerReadSeq } : everybody
  for (const message of stored) {
    if (!message.change) append(rows, messageRow(message, message.from === self ? markOf(message.seq, reached) : undefined))
    else if (hasLine(message.change)) {
      const text = sentenceOf({ by: message.from, change: message.change }, self)
      append(rows, { kind: 'line', key: String(message.seq), at: message.sentAt, seq: message.seq, text })
    }
  }
  for (const message of queued) {
    const isFailed = message.failure !== undefined
    append(rows, { ...messageRow(asStored(message, self), isFailed ? 'failed' : 'sent'), failed: isFailed ? message : undefined })
  }
  for (const upload of uploads) append(rows, { kind: 'upload', key: upload.id, at: upload.beganAt, upload })
  return rows
}

/** The user's newest message that has a place. */
export function newestOwn(rows: readonly Row[]): MessageRow | undefined {
  return rows.findLast((row): row is MessageRow => row.kind === 'message' && row.mark !== undefined && row.message.seq > 0 && !row.gone)
}

/** "Read by 2 of 5", under the user's newest message in a group. */
export function receiptInWords({ read, members }: GroupReceipt): string {
  return read === members ? `Read by all ${members}` : `Read by ${read} of ${members}`
}

type Unplaced<R extends Row> = R extends MessageRow ? Omit<R, 'startsDay' | 'startsGroup'> : Omit<R, 'startsDay'>

function messageRow(message: StoredMessage, mark: Mark | undefined): Unplaced<MessageRow> {
  return {
    kind: 'message',
    key: mark && message.clientMessageId ? message.clientMessageId : String(message.seq),
    at: message.sentAt,
    message,
    text: textOf(message),
    attachment: attachmentOf(message),
    gone: goneOf(message),
    mark,
    failed: undefined,
  }
}

function markOf(seq: number, reached: { deliveredSeq: number; readSeq: number }): Mark {
  if (seq <= reached.readSeq) return 'read'
  return seq <= reached.deliveredSeq ? 'delivered' : 'stored'
}

function append(rows: Row[], row: Unplaced<MessageRow> | Unplaced<LineRow> | Unplaced<UploadRow>): void {
  const before = rows.at(-1)
  const startsDay = !before || !sameDay(before.at, row.at)
  if (row.kind !== 'message') {
    rows.push({ ...row, startsDay })
    return
  }
  const goesOn = !startsDay && before.kind === 'message' && before.message.from === row.message.from && row.at - before.at <= GROUP_MS
  rows.push({ ...row, startsDay, startsGroup: !goesOn })
}
