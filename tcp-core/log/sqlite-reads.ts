import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { directPeer, directUsers } from '../../shared/conversation-id.ts'
import { type Conversation, Direction, type Message, type SyncAck, writeSyncAck } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import { type LogIdentity, toldEpoch } from './log-identity.ts'
import type { MemberPosition, PageQuery, PageResult, StoredMessage } from './log-store.ts'

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
  digest: number
  content_type: string
  content: Uint8Array
}

const MESSAGE_COLUMNS = 'm.id, m.seq, u.name AS sender, m.client_message_id, m.sent_at, m.digest, m.content_type, m.content'
const NO_CONVERSATION: ConversationRow = { id: 0, epoch: 0, last_seq: 0 }

const writer = new ProtobufWriter()

/** Answers SYNC from the database, encoded on this thread so that the event loop only frames it. */
export class SqliteReads {
  readonly #identity: LogIdentity
  readonly #forward: StatementSync
  readonly #backward: StatementSync
  readonly #conversation: StatementSync
  readonly #digest: StatementSync
  readonly #list: StatementSync
  readonly #unread: StatementSync
  readonly #position: StatementSync
  readonly #byId: StatementSync

  constructor(database: DatabaseSync, identity: LogIdentity) {
    this.#identity = identity
    const page = (comparison: string, order: string) =>
      database.prepare(
        `SELECT ${MESSAGE_COLUMNS} FROM message m JOIN user u ON u.id = m.sender WHERE m.conversation = ? AND m.seq ${comparison} ? ORDER BY m.seq ${order} LIMIT ?`,
      )
    this.#forward = page('>', 'ASC')
    this.#backward = page('<', 'DESC')
    this.#conversation = database.prepare(
      'SELECT c.id, c.epoch, ifnull(m.seq, 0) AS last_seq FROM conversation c LEFT JOIN message m ON m.id = c.last_message WHERE c.name = ?',
    )
    this.#digest = database.prepare('SELECT digest FROM message WHERE conversation = ? AND seq = ?')
    this.#list = database.prepare(
      `SELECT c.name, c.id AS conversation, c.epoch, c.last_message, mb.read_seq, mb.delivered_seq, ${MESSAGE_COLUMNS}
       FROM member mb JOIN conversation c ON c.id = mb.conversation JOIN message m ON m.id = c.last_message JOIN user u ON u.id = m.sender
       WHERE mb.user = (SELECT id FROM user WHERE name = ?) AND c.last_message < ? ORDER BY c.last_message DESC LIMIT ?`,
    )
    this.#unread = database.prepare(
      `SELECT count(*) AS unread FROM (SELECT 1 FROM message WHERE conversation = ? AND seq > ? AND sender <> (SELECT id FROM user WHERE name = ?) LIMIT ${UNREAD_LIMIT})`,
    )
    this.#position = database.prepare(
      'SELECT delivered_seq, read_seq FROM member WHERE conversation = ? AND user = (SELECT id FROM user WHERE name = ?)',
    )
    this.#byId = database.prepare(
      `SELECT c.name, m.conversation, m.seq, u.name AS sender, m.client_message_id, m.sent_at, m.content_type, length(m.content) AS bytes
       FROM message m JOIN conversation c ON c.id = m.conversation JOIN user u ON u.id = m.sender WHERE m.id = ?`,
    )
  }

  page(query: PageQuery): PageResult {
    const conversation = (this.#conversation.get(query.conversationId) as ConversationRow | undefined) ?? NO_CONVERSATION
    const { last_seq: lastSeq } = conversation
    const epoch = conversation.epoch && toldEpoch(this.#identity, conversation.epoch)
    const { fromSeq, discontinuity } = this.#start(query, conversation, epoch)
    const messages = this.#messages({ ...query, fromSeq }, conversation.id)
    if (query.direction === Direction.BACKWARD) messages.found.reverse()
    const found = messages.found.map((row) => this.#message(query.conversationId, row))
    return {
      syncAck: encode({
        page: { conversationId: query.conversationId, messages: found, more: messages.more, lastSeq, epoch, discontinuity, fromSeq },
        list: undefined,
      }),
      beginSeq: (found[0]?.seq ?? lastSeq + 1) - 1,
      endSeq: found.at(-1)?.seq ?? lastSeq,
      more: messages.more,
      discontinuity,
    }
  }

  find(messageId: string): StoredMessage | undefined {
    const [prefix, id = ''] = messageId.split('-')
    if (prefix !== this.#identity.idPrefix || !/^[0-9a-z]{1,10}$/.test(id)) return undefined
    const row = this.#byId.get(Number.parseInt(id, 36)) as IdRow | undefined
    return (
      row && {
        messageId,
        conversationId: row.name,
        seq: row.seq,
        sender: row.sender,
        clientMessageId: row.client_message_id,
        contentType: row.content_type,
        contentBytes: row.bytes,
        sentAt: row.sent_at,
        members: this.#positions(row.name, row.conversation),
      }
    )
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

  /** Y6: where the page begins, and whether the reader has to be told that this is not the history it knows. */
  #start(query: PageQuery, { id, last_seq }: ConversationRow, epoch: number): { fromSeq: number; discontinuity: boolean } {
    const { fromSeq } = query
    if (query.direction === Direction.BACKWARD || (query.epoch === 0 && query.digest === 0)) return { fromSeq, discontinuity: false }
    const held = fromSeq === 0 ? undefined : (this.#digest.get(id, fromSeq) as { digest: number } | undefined)
    const known = query.digest !== 0 && held !== undefined && held.digest !== 0
    const sameEpoch = query.epoch === 0 || query.epoch === epoch
    const differs = fromSeq > last_seq || (known && held.digest !== query.digest)
    // In another epoch nothing is taken for the same but what the digest shows to be.
    if (differs || (!sameEpoch && !known)) return { fromSeq: 0, discontinuity: true }
    return { fromSeq, discontinuity: !sameEpoch }
  }

  #positions(conversationId: string, conversation: number): MemberPosition[] {
    return [...new Set(directUsers(conversationId))].map((userId) => {
      const held = this.#position.get(conversation, userId) as { delivered_seq: number; read_seq: number } | undefined
      return { conversationId, userId, deliveredSeq: held?.delivered_seq ?? 0, readSeq: held?.read_seq ?? 0 }
    })
  }

  #messages(query: PageQuery, conversation: number): { found: MessageRow[]; more: boolean } {
    const backward = query.direction === Direction.BACKWARD
    const from = backward && query.fromSeq === 0 ? Number.MAX_SAFE_INTEGER : query.fromSeq
    const statement = backward ? this.#backward : this.#forward
    const rows = statement.iterate(conversation, from, query.limit + 1) as Iterator<unknown> as IteratorObject<MessageRow>
    const found: MessageRow[] = []
    let bytes = 0
    try {
      for (const row of rows) {
        // One message more than the limit, or past the bytes, is only looked at to know that there is more.
        if (found.length === query.limit || (found.length > 0 && bytes + row.content.length > PAGE_BYTES)) return { found, more: true }
        bytes += row.content.length
        found.push(row)
      }
    } catch (error) {
      // Else the statement's next use would fail with this error again.
      rows.return?.()
      throw error
    }
    return { found, more: false }
  }

  #summary(userId: string, row: ListRow): Conversation {
    const peer = directPeer(row.name, userId) ?? ''
    const theirs = this.#position.get(row.conversation, peer) as { delivered_seq: number; read_seq: number } | undefined
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
      epoch: toldEpoch(this.#identity, row.epoch),
      digest: row.digest,
    }
  }

  #message(conversationId: string, row: MessageRow): Message {
    return {
      conversationId,
      seq: row.seq,
      messageId: `${this.#identity.idPrefix}-${row.id.toString(36)}`,
      sender: row.sender,
      clientMessageId: row.client_message_id,
      sentAt: row.sent_at,
      contentType: row.content_type,
      content: row.content,
      digest: row.digest,
    }
  }
}

interface ConversationRow {
  readonly id: number
  readonly epoch: number
  readonly last_seq: number
}

interface IdRow {
  name: string
  conversation: number
  seq: number
  sender: string
  client_message_id: string
  sent_at: number
  content_type: string
  bytes: number
}

interface ListRow extends MessageRow {
  name: string
  epoch: number
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
