import { directPeer, directUsers } from '../../../shared/conversation-id.ts'
import {
  type Conversation,
  Direction,
  type Message,
  type SyncAck,
  writeConversation,
  writeMessage,
  writeSyncAck,
} from '../../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../../shared/protobuf-writer.ts'
import { type LogIdentity, toldEpoch } from '../log-identity.ts'
import type { MemberPosition, PageQuery, PageResult, StoredMessage } from '../log-store.ts'
import type { MembersAsked, MembersFound } from '../operations.ts'
import { unknownConversation } from '../rules/refusals.ts'
import { AnswerItems } from './answer-items.ts'
import type { ListRow, LogRows, MemberRow, MessageRow } from './rows.ts'
import { UnreadCounts } from './unread-counts.ts'
import type { View, Views } from './views.ts'

const writer = new ProtobufWriter()

/** Answers SYNC, encoded on the thread that reads, so that the event loop only frames it. */
export class Pages {
  readonly #identity: LogIdentity
  readonly #rows: LogRows
  readonly #views: Views
  readonly #unread: UnreadCounts
  readonly #now: () => number

  constructor(rows: LogRows, identity: LogIdentity, views: Views, now: () => number) {
    this.#identity = identity
    this.#rows = rows
    this.#views = views
    this.#now = now
    this.#unread = new UnreadCounts(rows.unread)
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
    const row = this.#rows.entries.find(Number.parseInt(id, 36))
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
    const rows = this.#rows.conversations.listed(userId, before, limit + 1)
    const page = upTo(limit, rows, new AnswerItems(writeConversation), (row) => this.#summary(userId, row))
    return encode({ list: { conversations: page.items, nextCursor: page.more && page.last ? page.last.last_message.toString(36) : '' } })
  }

  /** The members of a group as it is now, some at a time. */
  audience({ conversationId, afterUser, leftSince, limit }: MembersAsked): MembersFound {
    const row = this.#rows.conversations.named(conversationId)
    if (!row) return { members: [], lastUser: 0 }
    const { members } = this.#rows
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
    const held = fromSeq === 0 ? undefined : this.#rows.entries.digestAt(view.conversation, fromSeq)
    const known = query.digest !== 0 && held !== undefined && held !== 0
    const sameEpoch = query.epoch === 0 || query.epoch === epoch
    const differs = fromSeq > view.lastSeq || (known && held !== query.digest)
    // In another epoch nothing is taken for the same but what the digest shows to be.
    if (differs || (!sameEpoch && !known)) return { fromSeq: view.beginSeq, discontinuity: true }
    return { fromSeq: begin, discontinuity: !sameEpoch }
  }

  #positions(conversationId: string, conversation: number): MemberPosition[] {
    return [...new Set(directUsers(conversationId))].map((userId) => {
      const held = this.#rows.members.findByName(userId, conversation)
      return { conversationId, userId, deliveredSeq: held?.delivered_seq ?? 0, readSeq: held?.read_seq ?? 0 }
    })
  }

  #messages(query: PageQuery, view: View): { items: Message[]; more: boolean } {
    const { fromSeq, limit, direction } = query
    const answer = new AnswerItems(writeMessage)
    const read = (row: MessageRow) => this.#views.message(view, row)
    const { conversation, beginSeq, lastSeq } = view
    const { entries } = this.#rows
    // One more than the limit, to know whether there is more.
    if (direction === Direction.BACKWARD) {
      const last = fromSeq === 0 ? lastSeq : Math.min(fromSeq - 1, lastSeq)
      return upTo(limit, entries.between(conversation, Math.max(beginSeq, last - limit - 1), last, 'latest'), answer, read)
    }
    const after = Math.max(fromSeq, beginSeq)
    return upTo(limit, entries.between(conversation, after, Math.min(lastSeq, after + limit + 1), 'earliest'), answer, read)
  }

  /** P2: undefined where one has blocked the other. */
  #peerPositions(user: number, peer: string, conversation: number): MemberRow | undefined {
    const theirs = this.#rows.members.findByName(peer, conversation)
    return theirs && this.#rows.relations.isBetween(user, theirs.user) ? undefined : theirs
  }

  #summary(userId: string, row: ListRow): Conversation {
    const view = this.#views.view(userId, row.name)
    if (!view) throw unknownConversation()
    const { member, beginSeq } = view
    const peer = directPeer(row.name, userId) ?? ''
    const theirs = peer === '' ? undefined : this.#peerPositions(member.user, peer, row.conversation)
    const { unread, mentions } = this.#unread.of(view, this.#now())
    const preference = this.#rows.preferences.find(member.user, row.conversation, row.name)
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

function encode(body: SyncAck): Uint8Array {
  writer.reset()
  writeSyncAck(writer, body)
  return writer.finishAlone()
}
