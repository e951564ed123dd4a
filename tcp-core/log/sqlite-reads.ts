import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { directPeer, directUsers, ownConversationId } from '../../shared/conversation-id.ts'
import {
  type Aftermath,
  type Change,
  type Conversation,
  type Details,
  Direction,
  type Group,
  type Message,
  Role,
  readChange,
  readDetails,
  type SyncAck,
  writeSyncAck,
} from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import { concerns } from './changes/concerns.ts'
import { unknownConversation } from './changes/entry.ts'
import { type LogIdentity, toldEpoch } from './log-identity.ts'
import type { Audience, MemberPosition, PageQuery, PageResult, StoredMessage } from './log-store.ts'
import { EDITED, EXPIRED, RECALLED } from './message-flags.ts'
import type { MemberRow } from './state/member-table.ts'
import type { Tables } from './state/tables.ts'
import { UnreadCounts } from './unread-counts.ts'

/** A page stops growing here, so that neither side ever holds more of a large one (Y1). */
export const PAGE_BYTES = 256 * 1024

export interface MessageRow {
  readonly id: number
  readonly seq: number
  readonly sender: string
  readonly client_message_id: string
  readonly sent_at: number
  readonly digest: number
  readonly flags: number
  readonly content_type: string
  readonly content: Uint8Array
  readonly details: Uint8Array | null
  readonly change: Uint8Array | null
}

export const MESSAGE_COLUMNS =
  'm.id, m.seq, u.name AS sender, m.client_message_id, m.sent_at, m.digest, m.flags, m.content_type, m.content, m.details, m.change'

/** A conversation as far as it is a user's to see. */
export interface View {
  readonly conversationId: string
  readonly userId: string
  readonly conversation: number
  readonly epoch: number
  readonly member: MemberRow
  /** Exclusive. */
  readonly beginSeq: number
  readonly lastSeq: number
}

const NOTHING = new Uint8Array(0)
/** All that is said of a message which is not any more what it was while it could be seen. */
const WITHHELD: Aftermath = { editedAt: 0, recalledAt: 0, recalledBy: '', expired: true, reactions: [], pinned: false }
const writer = new ProtobufWriter()

/** Answers SYNC from the database, encoded on this thread so that the event loop only frames it. */
export class SqliteReads {
  readonly #identity: LogIdentity
  readonly #tables: Tables
  readonly #unread: UnreadCounts
  readonly #now: () => number
  readonly #forward: StatementSync
  readonly #backward: StatementSync
  readonly #one: StatementSync
  readonly #conversation: StatementSync
  readonly #digest: StatementSync
  readonly #list: StatementSync
  readonly #byId: StatementSync

  constructor(database: DatabaseSync, identity: LogIdentity, tables: Tables, now: () => number) {
    this.#identity = identity
    this.#tables = tables
    this.#now = now
    this.#unread = new UnreadCounts(database)
    const messages = `SELECT ${MESSAGE_COLUMNS} FROM message m JOIN user u ON u.id = m.sender`
    this.#forward = database.prepare(`${messages} WHERE m.conversation = ? AND m.seq > ? AND m.seq <= ? ORDER BY m.seq LIMIT ?`)
    this.#backward = database.prepare(`${messages} WHERE m.conversation = ? AND m.seq > ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?`)
    this.#one = database.prepare(`${messages} WHERE m.conversation = ? AND m.seq = ?`)
    this.#conversation = database.prepare(
      'SELECT c.id, c.epoch, ifnull(m.seq, 0) AS last_seq FROM conversation c LEFT JOIN message m ON m.id = c.last_message WHERE c.name = ?',
    )
    this.#digest = database.prepare('SELECT digest FROM message WHERE conversation = ? AND seq = ?')
    this.#list = database.prepare(
      `SELECT c.name, c.id AS conversation, c.epoch, ifnull(mb.until_message, c.last_message) AS last_message, ${MESSAGE_COLUMNS}
       FROM member mb JOIN conversation c ON c.id = mb.conversation
       JOIN message m ON m.id = ifnull(mb.until_message, c.last_message) JOIN user u ON u.id = m.sender
       WHERE mb.user = (SELECT id FROM user WHERE name = ?) AND ifnull(mb.until_message, c.last_message) < ? ORDER BY 4 DESC LIMIT ?`,
    )
    this.#byId = database.prepare(
      `SELECT c.name, m.conversation, m.seq, u.name AS sender, m.client_message_id, m.sent_at, m.content_type, length(m.content) AS bytes
       FROM message m JOIN conversation c ON c.id = m.conversation JOIN user u ON u.id = m.sender WHERE m.id = ?`,
    )
  }

  /** Throws RequestError `conversation_unknown` where nothing of it is the user's to see (Y4). */
  page(query: PageQuery): PageResult {
    const view = this.view(query.userId, query.conversationId)
    if (!view) return this.#emptyPage(query)
    const epoch = toldEpoch(this.#identity, view.epoch)
    const { fromSeq, discontinuity } = this.#start(query, view, epoch)
    const messages = this.#messages({ ...query, fromSeq }, view)
    if (query.direction === Direction.BACKWARD) messages.found.reverse()
    const found = messages.found.map((row) => this.message(view, row))
    const { conversationId } = query
    return {
      syncAck: encode({
        page: { conversationId, messages: found, more: messages.more, lastSeq: view.lastSeq, epoch, discontinuity, fromSeq },
      }),
      beginSeq: (found[0]?.seq ?? view.lastSeq + 1) - 1,
      endSeq: found.at(-1)?.seq ?? view.lastSeq,
      more: messages.more,
      discontinuity,
    }
  }

  /**
   * What of a conversation is the user's to see; undefined for a 1:1 conversation that has
   * not begun. Throws RequestError `conversation_unknown` where nothing is.
   */
  view(userId: string, conversationId: string): View | undefined {
    const row = this.#conversation.get(conversationId) as { id: number; epoch: number; last_seq: number } | undefined
    const member = row && this.#tables.members.findByName(userId, row.id)
    if (row && member) {
      return {
        conversationId,
        userId,
        conversation: row.id,
        epoch: row.epoch,
        member,
        beginSeq: Math.max(member.from_seq, member.cleared_seq),
        lastSeq: member.until_seq ?? row.last_seq,
      }
    }
    if (row || !isOf(userId, conversationId)) throw unknownConversation()
    return undefined
  }

  /** A message of the view by its seq; undefined where it is not the user's to see. */
  one(view: View, seq: number): Message | undefined {
    if (seq <= view.beginSeq || seq > view.lastSeq) return undefined
    const row = this.#one.get(view.conversation, seq) as MessageRow | undefined
    return row && this.message(view, row)
  }

  /** As the user who views may see it. */
  message(view: View, row: MessageRow): Message {
    const { conversationId } = view
    const change = row.change ? readChange(new ProtobufReader(row.change)) : undefined
    const withheld = this.#isWithheld(view, row)
    const details = row.details && !withheld ? readDetails(new ProtobufReader(row.details)) : undefined
    const gone = withheld || this.#isOver(details)
    // S5: whether or not it has been taken out of the log by now.
    const flags = gone ? row.flags | EXPIRED : row.flags
    return {
      conversationId,
      seq: row.seq,
      messageId: `${this.#identity.idPrefix}-${row.id.toString(36)}`,
      sender: row.sender,
      clientMessageId: row.client_message_id,
      sentAt: row.sent_at,
      contentType: gone ? '' : row.content_type,
      content: gone ? NOTHING : row.content,
      digest: row.digest,
      details: gone ? undefined : details,
      change: change && this.#visible(view, change),
      aftermath: withheld ? WITHHELD : flags > 0 && !change ? this.#aftermath(view, { id: row.id, flags }) : undefined,
    }
  }

  /** G5: who has left learns of nothing from after that, also not what a message was changed to, or that it was taken back. */
  #isWithheld({ member }: View, row: MessageRow): boolean {
    if (member.until_message === null || (row.flags & (EDITED | RECALLED)) === 0) return false
    return this.#tables.messages.changedBy(row.id) > member.until_message
  }

  #isOver(details: Details | undefined): boolean {
    return details !== undefined && details.expiresAt > 0 && details.expiresAt <= this.#now()
  }

  /** G6: something done to a message of before a member's time says nothing to that member. */
  #visible({ conversation, member }: View, change: Change): Change {
    if (concerns(change) <= member.from_seq) return {}
    const { edit } = change
    const edited = edit && (this.#one.get(conversation, edit.seq) as MessageRow | undefined)
    const gone = edited?.details && this.#isOver(readDetails(new ProtobufReader(edited.details)))
    return gone ? { edit: { seq: edited.seq, contentType: '', content: NOTHING } } : change
  }

  #aftermath({ member }: View, row: { id: number; flags: number }): Aftermath {
    const aftermath = this.#tables.messages.aftermath(row, member.user)
    return member.until_seq === null ? aftermath : { ...aftermath, reactions: [], pinned: false }
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
    const { found, more } = upTo(limit, this.#list.iterate(userId, before, limit + 1) as unknown as IteratorObject<ListRow>)
    const last = found.at(-1)
    return encode({
      list: {
        conversations: found.map((row) => this.#summary(userId, row)),
        nextCursor: more && last ? last.last_message.toString(36) : '',
      },
    })
  }

  /** The members of a group as it is now. */
  audience(conversationId: string): Audience[] {
    const row = this.#conversation.get(conversationId) as { id: number } | undefined
    if (!row || this.#tables.groups.find(row.id)?.dissolved) return []
    return this.#tables.members.active(row.id).map(({ name, from_seq }) => ({ name, fromSeq: from_seq }))
  }

  /** A group as the member sees it. */
  group(conversationId: string, conversation: number, member: MemberRow): Group | undefined {
    const group = this.#tables.groups.find(conversation)
    if (!group) return undefined
    const { profile, memberCount, createdAt, mutedUntil, dissolved } = group
    if (member.until_seq !== null) return formerGroup(conversationId, member.until_name ?? '', createdAt)
    return {
      conversationId,
      name: profile.name,
      description: profile.description,
      avatar: profile.avatar,
      attributes: profile.attributes,
      settings: profile.settings,
      owner: this.#tables.names.userName(group.owner),
      memberCount,
      createdAt,
      mutedUntil,
      dissolved,
      role: member.role,
      ownMutedUntil: member.muted_until,
    }
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

  #messages(query: PageQuery, view: View): { found: MessageRow[]; more: boolean } {
    const { fromSeq, limit, direction } = query
    const { conversation, beginSeq, lastSeq } = view
    const before = fromSeq === 0 ? lastSeq + 1 : Math.min(fromSeq, lastSeq + 1)
    const rows =
      direction === Direction.BACKWARD
        ? this.#backward.iterate(conversation, beginSeq, before, limit + 1)
        : this.#forward.iterate(conversation, Math.max(fromSeq, beginSeq), lastSeq, limit + 1)
    return upTo(limit, rows as unknown as IteratorObject<MessageRow>)
  }

  #summary(userId: string, row: ListRow): Conversation {
    const view = this.view(userId, row.name)
    if (!view) throw unknownConversation()
    const { member, beginSeq } = view
    const peer = directPeer(row.name, userId) ?? ''
    const theirs = peer === '' ? undefined : this.#tables.members.findByName(peer, row.conversation)
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
      lastMessage: row.seq > beginSeq ? this.message(view, row) : undefined,
      epoch: toldEpoch(this.#identity, row.epoch),
      digest: row.digest,
      mentions,
      group: this.group(row.name, row.conversation, member),
      preference: member.cleared_seq > 0 ? { ...preference, conversationId: row.name, clearedSeq: member.cleared_seq } : preference,
      beginSeq,
      left: member.until_seq !== null,
    }
  }
}

/** Whether a 1:1 or own conversation is the user's by its name. */
function isOf(userId: string, conversationId: string): boolean {
  return directPeer(conversationId, userId) !== undefined || conversationId === ownConversationId(userId)
}

/** What is left of a group for one who is not in it any more. */
function formerGroup(conversationId: string, name: string, createdAt: number): Group {
  return {
    conversationId,
    name,
    description: '',
    avatar: '',
    attributes: [],
    owner: '',
    memberCount: 0,
    createdAt,
    mutedUntil: 0,
    dissolved: false,
    role: Role.ROLE_UNSPECIFIED,
    ownMutedUntil: 0,
  }
}

/** The first rows, as many as the limit and the bytes of a page allow, and whether there are more. */
function upTo<R extends MessageRow>(limit: number, rows: IteratorObject<R>): { found: R[]; more: boolean } {
  const found: R[] = []
  let bytes = 0
  try {
    for (const row of rows) {
      const size = row.content.length + (row.change?.length ?? 0) + (row.details?.length ?? 0)
      // One row more than the limit, or past the bytes, is only looked at to know that there is more.
      if (found.length === limit || (found.length > 0 && bytes + size > PAGE_BYTES)) return { found, more: true }
      bytes += size
      found.push(row)
    }
  } catch (error) {
    // Else the statement's next use would fail with this error again.
    rows.return?.()
    throw error
  }
  return { found, more: false }
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
