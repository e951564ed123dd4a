import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { directPeer, directUsers } from '../../shared/conversation-id.ts'
import {
  type Conversation,
  Direction,
  type Message,
  type SyncAck,
  writeConversation,
  writeMessage,
  writeSyncAck,
} from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import { AnswerItems } from './answer-items.ts'
import { type LogIdentity, toldEpoch } from './log-identity.ts'
import type { MemberPosition, PageQuery, PageResult, StoredMessage } from './log-store.ts'
import type { MembersAsked, MembersFound } from './operations.ts'
import { entryAt, withEntries } from './places.ts'
import { unknownConversation } from './rules/refusals.ts'
import type { MemberRow } from './sqlite/member-table.ts'
import type { Tables } from './sqlite/tables.ts'
import { UnreadCounts } from './unread-counts.ts'
import { MESSAGE_COLUMNS, type MessageRow, type View, type Views } from './views.ts'

const writer = new ProtobufWriter()

/** Answers SYNC from the database, encoded on this thread so that the event loop only frames it. */
export class SqliteReads {
  readonly #identity: LogIdentity
  readonly #tables: Tables
  readonly #views: Views
  readonly #unread: UnreadCounts
  readonly #now: () => number
  readonly #between: StatementSync
  readonly #rows: StatementSync
  readonly #idOf: StatementSync
  readonly #digest: StatementSync
  readonly #list: StatementSync
  readonly #byId: StatementSync

  constructor(database: DatabaseSync, identity: LogIdentity, tables: Tables, views: Views, now: () => number) {
    this.#identity = identity
    this.#tables = tables
    this.#views = views
    this.#now = now
    this.#unread = new UnreadCounts(database)
    this.#between = database.prepare(`${withEntries({ conversation: '?1', after: '?2', upTo: '?3' })} SELECT id FROM entries`)
    this.#rows = database.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM json_each(?) j CROSS JOIN message m ON m.id = j.value JOIN user u ON u.id = m.sender`,
    )
    this.#idOf = database.prepare('SELECT id FROM conversation WHERE name = ?')
    this.#digest = database.prepare(`SELECT digest FROM message WHERE id = ${entryAt('?1', '?2')}`)
    // Sorted without the messages, which are read one by one, in that order, as far as an answer goes.
    this.#list = database.prepare(
      `WITH latest AS MATERIALIZED (
         SELECT c.name, c.id AS conversation, c.epoch, ifnull(mb.until_message, c.last_message) AS last_message
         FROM member mb JOIN conversation c ON c.id = mb.conversation
         WHERE mb.user = (SELECT id FROM user WHERE name = ?) AND ifnull(mb.until_message, c.last_message) < ? ORDER BY 4 DESC LIMIT ?)
       SELECT l.name, l.conversation, l.epoch, l.last_message, ${MESSAGE_COLUMNS}
       FROM latest l CROSS JOIN message m ON m.id = l.last_message CROSS JOIN user u ON u.id = m.sender`,
    )
    this.#byId = database.prepare(
      `SELECT c.name, m.conversation, m.seq, u.name AS sender, m.client_message_id, m.sent_at, m.content_type, length(m.content) AS bytes
       FROM message m JOIN conversation c ON c.id = m.conversation JOIN user u ON u.id = m.sender WHERE m.id = ?`,
    )
  }

  /** Throws RequestError `conversation_unknown` where nothing of it is the user's to see (Y4). */
  page(query: PageQuery): PageResult {
    const view = this.#views.view(query.userId, query.conversationId)
    if (!view) return this.#emptyPage(query)
    const epoch = toldEpoch(this.#identity, view.epoch)
    const { fromSeq, discontinuity } = this.#start(query, view, epoch)
    const { items: messages, more } = this.#messages({ ...query, fromSeq }, view)
    if (query.direction === Direction.BACKWARD) messages.reverse()
    const { conversationId } = query
    return {
      syncAck: encode({ page: { conversationId, messages, more, lastSeq: view.lastSeq, epoch, discontinuity, fromSeq } }),
      beginSeq: (messages[0]?.seq ?? view.lastSeq + 1) - 1,
      endSeq: messages.at(-1)?.seq ?? view.lastSeq,
      more,
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
    const rows = this.#list.iterate(userId, before, limit + 1) as unknown as IteratorObject<ListRow>
    const page = upTo(limit, rows, new AnswerItems(writeConversation), (row) => this.#summary(userId, row))
    return encode({ list: { conversations: page.items, nextCursor: page.more && page.last ? page.last.last_message.toString(36) : '' } })
  }

  /** The members of a group as it is now, some at a time. */
  audience({ conversationId, afterUser, leftSince, limit }: MembersAsked): MembersFound {
    const row = this.#idOf.get(conversationId) as { id: number } | undefined
    if (!row) return { members: [], lastUser: 0 }
    const { members } = this.#tables
    const active = members.active(row.id, afterUser, limit)
    const lastUser = active.length === limit ? (active.at(-1)?.user ?? 0) : 0
    const left = lastUser === 0 ? members.leftSince(row.id, leftSince) : []
    const found = [...active, ...left].map(({ name, from_seq, until_seq }) => ({ name, fromSeq: from_seq, untilSeq: until_seq ?? 0 }))
    return { members: found, lastUser }
  }

  #emptyPage({ conversationId, fromSeq, epoch, digest, direction }: PageQuery): PageResult {
    // Y6: what the reader knows of it was in another history.
    const discontinuity = direction === Direction.FORWARD && (epoch !== 0 || digest !== 0)
    const page = { conversationId, messages: [], more: false, lastSeq: 0, epoch: 0, discontinuity, fromSeq: discontinuity ? 0 : fromSeq }
    return { syncAck: encode({ page }), beginSeq: 0, endSeq: 0, more: false, discontinuity }
  }

  /** Y6: where the page begins, and whether the reader has to be told that this is not the history it knows. */
  #start(query: PageQuery, view: View, epoch: number): { fromSeq: number; discontinuity: boolean } {
    const { fromSeq } = query
    if (query.direction === Direction.BACKWARD) return { fromSeq, discontinuity: false }
    const begin = Math.max(fromSeq, view.beginSeq)
    if (query.epoch === 0 && query.digest === 0) return { fromSeq: begin, discontinuity: false }
    const held = fromSeq === 0 ? undefined : (this.#digest.get(view.conversation, fromSeq) as { digest: number } | undefined)
    const known = query.digest !== 0 && held !== undefined && held.digest !== 0
    const sameEpoch = query.epoch === 0 || query.epoch === epoch
    const differs = fromSeq > view.lastSeq || (known && held.digest !== query.digest)
    // In another epoch nothing is taken for the same but what the digest shows to be.
    if (differs || (!sameEpoch && !known)) return { fromSeq: view.beginSeq, discontinuity: true }
    return { fromSeq: begin, discontinuity: !sameEpoch }
  }

  #positions(conversationId: string, conversation: number): MemberPosition[] {
    return [...new Set(directUsers(conversationId))].map((userId) => {
      const held = this.#tables.members.findByName(userId, conversation)
      return { conversationId, userId, deliveredSeq: held?.delivered_seq ?? 0, readSeq: held?.read_seq ?? 0 }
    })
  }

  #messages(query: PageQuery, view: View): { items: Message[]; more: boolean } {
    const { fromSeq, limit, direction } = query
    const answer = new AnswerItems(writeMessage)
    const read = (row: MessageRow) => this.#views.message(view, row)
    const { conversation, beginSeq, lastSeq } = view
    // One more than the limit, to know whether there is more.
    if (direction === Direction.BACKWARD) {
      const last = fromSeq === 0 ? lastSeq : Math.min(fromSeq - 1, lastSeq)
      return upTo(limit, this.#read(this.#entries(conversation, Math.max(beginSeq, last - limit - 1), last)), answer, read)
    }
    const after = Math.max(fromSeq, beginSeq)
    return upTo(limit, this.#read(this.#entries(conversation, after, Math.min(lastSeq, after + limit + 1)).reverse()), answer, read)
  }

  /** The rows of a conversation's entries between two seqs, the latest first. `after` is exclusive. */
  #entries(conversation: number, after: number, upTo: number): number[] {
    return (this.#between.all(conversation, after, upTo) as { id: number }[]).map(({ id }) => id)
  }

  #read(ids: readonly number[]): IteratorObject<MessageRow> {
    return this.#rows.iterate(JSON.stringify(ids)) as unknown as IteratorObject<MessageRow>
  }

  /** P2: undefined where one has blocked the other. */
  #peerPositions(user: number, peer: string, conversation: number): MemberRow | undefined {
    const theirs = this.#tables.members.findByName(peer, conversation)
    return theirs && this.#tables.relations.isBetween(user, theirs.user) ? undefined : theirs
  }

  #summary(userId: string, row: ListRow): Conversation {
    const view = this.#views.view(userId, row.name)
    if (!view) throw unknownConversation()
    const { member, beginSeq } = view
    const peer = directPeer(row.name, userId) ?? ''
    const theirs = peer === '' ? undefined : this.#peerPositions(member.user, peer, row.conversation)
    const { unread, mentions } = this.#unread.of(view, this.#now())
    const preference = this.#tables.preferences.find(member.user, row.conversation, row.name)
    return {
      conversationId: row.name,
      peer,
      lastSeq: row.seq,
      readSeq: member.read_seq,
      deliveredSeq: member.delivered_seq,
      unread,
      peerReadSeq: theirs?.read_seq ?? 0,
      peerDeliveredSeq: theirs?.delivered_seq ?? 0,
      lastMessage: row.seq > beginSeq ? this.#views.message(view, row) : undefined,
      epoch: toldEpoch(this.#identity, row.epoch),
      digest: row.digest,
      mentions,
      group: this.#views.group(row.name, row.conversation, member),
      preference: member.cleared_seq > 0 ? { ...preference, conversationId: row.name, clearedSeq: member.cleared_seq } : preference,
      beginSeq,
      left: member.until_seq !== null,
    }
  }
}

/** What the first rows say, as many as the limit and one answer allow, the row of the last of them, and whether there are more. */
function upTo<R, T>(
  limit: number,
  rows: IteratorObject<R>,
  answer: AnswerItems<T>,
  read: (row: R) => T,
): { items: T[]; last: R | undefined; more: boolean } {
  const { items } = answer
  let last: R | undefined
  try {
    for (const row of rows) {
      // One row more than the limit, or than the answer holds, is only looked at to know that there is more.
      if (items.length === limit || !answer.add(read(row))) return { items, last, more: true }
      last = row
    }
  } catch (error) {
    // Else the statement's next use would fail with this error again.
    rows.return?.()
    throw error
  }
  return { items, last, more: false }
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
}

function encode(body: SyncAck): Uint8Array {
  writer.reset()
  writeSyncAck(writer, body)
  return writer.finishAlone()
}
