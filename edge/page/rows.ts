import type { Conversation, StoredMessage } from './conversations.ts'
import type { QueuedMessage } from './outbox.ts'
import { sameDay } from './time.ts'

/** How far an own message has come: queued here, stored, arrived at the peer, read by the peer. */
export type Mark = 'sent' | 'stored' | 'delivered' | 'read' | 'failed'

/** One message as it is shown. */
export interface Row {
  /** The same for an own message before and after its ack, so that its element stays. */
  readonly key: string
  readonly seq: number | undefined
  readonly text: string
  readonly at: number
  readonly from: string
  /** Set on own messages only. */
  readonly mark: Mark | undefined
  /** The refused message behind a `failed` mark. */
  readonly failed: QueuedMessage | undefined
  readonly startsDay: boolean
  readonly startsGroup: boolean
}

/** Messages of one sender this close together are shown as one group. */
const GROUP_MS = 5 * 60_000

/** The stored messages in order, then what is on its way. */
export function rowsOf(
  self: string,
  stored: readonly StoredMessage[],
  queued: readonly QueuedMessage[],
  conversation: Conversation | undefined,
): Row[] {
  const rows: Row[] = []
  for (const message of stored) {
    const own = message.from === self
    append(rows, {
      key: own ? message.clientMessageId : String(message.seq),
      seq: message.seq,
      text: textOf(message),
      at: message.sentAt,
      from: message.from,
      mark: own ? markOf(message.seq, conversation) : undefined,
      failed: undefined,
    })
  }
  for (const message of queued) {
    append(rows, {
      key: message.clientMessageId,
      seq: undefined,
      text: message.text,
      at: message.queuedAt,
      from: self,
      mark: message.failure === undefined ? 'sent' : 'failed',
      failed: message.failure === undefined ? undefined : message,
    })
  }
  return rows
}

/** The content may be anything (docs/PROTOCOL.md, S1); this page shows text. */
export function textOf({ contentType, text }: Pick<StoredMessage, 'contentType' | 'text'>): string {
  return contentType.startsWith('text/') ? text : `[${contentType}]`
}

function markOf(seq: number, conversation: Conversation | undefined): Mark {
  if (conversation && seq <= conversation.peerReadSeq) return 'read'
  return conversation && seq <= conversation.peerDeliveredSeq ? 'delivered' : 'stored'
}

function append(rows: Row[], row: Omit<Row, 'startsDay' | 'startsGroup'>): void {
  const before = rows.at(-1)
  const startsDay = !before || !sameDay(before.at, row.at)
  const startsGroup = startsDay || before.from !== row.from || row.at - before.at > GROUP_MS
  rows.push({ ...row, startsDay, startsGroup })
}
