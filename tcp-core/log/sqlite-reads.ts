import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { directPeer } from '../../shared/conversation-id.ts'
import { type Conversation, Direction, type Message, type SyncAck, writeSyncAck } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { PageQuery, PageResult } from './log-store.ts'

/** A page stops growing here, so that neither side ever holds more of a large one (Y1). */
const PAGE_BYTES = 256 * 1024
/** Unread is counted up to here (Y2). */
const UNREAD_LIMIT = 1000

interface MessageRow {
  id: number
  seq: number
  sender: string
  client_message_id: string
  sent_at: number
  content_type: string
  content: Uint8Array
}

const MESSAGE_COLUMNS = 'm.id, m.seq, u.name AS sender, m.client_message_id, m.sent_at, m.content_type, m.content'

const writer = new ProtobufWriter()

/** Answers SYNC from the database, encoded on this thread so that the event loop only frames it. */
export class SqliteReads {
  readonly #idPrefix: string
  readonly #forward: StatementSync
  readonly #backward: StatementSync
  readonly #conversation: StatementSync
  readonly #list: StatementSync
  readonly #unread: StatementSync
  readonly #peerPositions: StatementSync

  constructor(database: DatabaseSync, prefix: string) {
    this.#idPrefix = prefix
    const page = (comparison: string, order: string) =>
      database.prepare(
        `SELECT ${MESSAGE_COLUMNS} FROM message m JOIN user u ON u.id = m.sender WHERE m.conversation = ? AND m.seq ${comparison} ? ORDER BY m.seq ${order} LIMIT ?`,
      )
    this.#forward = page('>', 'ASC')
    this.#backward = page('<', 'DESC')
    this.#conversation = database.prepare(
      'SELECT id, (SELECT max(seq) FROM message WHERE conversation = c.id) AS last_seq FROM conversation c WHERE name = ?',
    )
    this.#list = database.prepare(
      `SELECT c.name, c.id AS conversation, c.last_message, mb.read_seq, mb.delivered_seq, ${MESSAGE_COLUMNS}
       FROM member mb JOIN conversation c ON c.id = mb.conversation JOIN message m ON m.id = c.last_message JOIN user u ON u.id = m.sender
       WHERE mb.user = (SELECT id FROM user WHERE name = ?) AND c.last_message < ? ORDER BY c.last_message DESC LIMIT ?`,
    )
    this.#unread = database.prepare(
      `SELECT count(*) AS unread FROM (SELECT 1 FROM message WHERE conversation = ? AND seq > ? AND sender <> (SELECT id FROM user WHERE name = ?) LIMIT ${UNREAD_LIMIT})`,
    )
    this.#peerPositions = database.prepare(
      'SELECT delivered_seq, read_seq FROM member WHERE conversation = ? AND user = (SELECT id FROM user WHERE name = ?)',
    )
  }

  page(query: PageQuery): PageResult {
    const conversation = this.#conversation.get(query.conversationId) as { id: number; last_seq: number | null } | undefined
    const lastSeq = conversation?.last_seq ?? 0
    const messages = conversation ? this.#messages(query, conversation.id) : { found: [], more: false }
    if (query.direction === Direction.BACKWARD) messages.found.reverse()
    const found = messages.found.map((row) => this.#message(query.conversationId, row))
    return {
      syncAck: encode({ page: { conversationId: query.conversationId, messages: found, more: messages.more, lastSeq }, list: undefined }),
      endSeq: found.at(-1)?.seq ?? lastSeq,
      more: messages.more,
    }
  }

  list(userId: string, cursor: string, limit: number): Uint8Array {
    const before = cursor === '' ? Number.MAX_SAFE_INTEGER : Number.parseInt(cursor, 36)
    const rows = this.#list.all(userId, before, limit + 1) as unknown as ListRow[]
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    return encode({
      page: undefined,
      list: {
        conversations: shown.map((row) => this.#summary(userId, row)),
        nextCursor: rows.length > limit && last ? last.last_message.toString(36) : '',
      },
    })
  }

  #messages(query: PageQuery, conversation: number): { found: MessageRow[]; more: boolean } {
    const backward = query.direction === Direction.BACKWARD
    const from = backward && query.fromSeq === 0 ? Number.MAX_SAFE_INTEGER : query.fromSeq
    const rows = (backward ? this.#backward : this.#forward).iterate(conversation, from, query.limit + 1) as Iterable<unknown>
    const found: MessageRow[] = []
    let bytes = 0
    for (const row of rows as Iterable<MessageRow>) {
      // One message more than the limit, or past the bytes, is only looked at to know that there is more.
      if (found.length === query.limit || (found.length > 0 && bytes + row.content.length > PAGE_BYTES)) return { found, more: true }
      bytes += row.content.length
      found.push(row)
    }
    return { found, more: false }
  }

  #summary(userId: string, row: ListRow): Conversation {
    const peer = directPeer(row.name, userId) ?? ''
    const theirs = this.#peerPositions.get(row.conversation, peer) as { delivered_seq: number; read_seq: number } | undefined
    return {
      conversationId: row.name,
      peer,
      lastSeq: row.seq,
      readSeq: row.read_seq,
      deliveredSeq: row.delivered_seq,
      unread: (this.#unread.get(row.conversation, row.read_seq, userId) as { unread: number }).unread,
      peerReadSeq: theirs?.read_seq ?? 0,
      peerDeliveredSeq: theirs?.delivered_seq ?? 0,
      lastMessage: this.#message(row.name, row),
    }
  }

  #message(conversationId: string, row: MessageRow): Message {
    return {
      conversationId,
      seq: row.seq,
      messageId: `${this.#idPrefix}-${row.id.toString(36)}`,
      sender: row.sender,
      clientMessageId: row.client_message_id,
      sentAt: row.sent_at,
      contentType: row.content_type,
      content: row.content,
    }
  }
}

interface ListRow extends MessageRow {
  name: string
  conversation: number
  last_message: number
  read_seq: number
  delivered_seq: number
}

function encode(body: SyncAck): Uint8Array {
  writer.reset()
  writeSyncAck(writer, body)
  return writer.finishAlone()
}
