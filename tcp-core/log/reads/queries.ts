import { conversationKind, directUsers } from '../../../shared/conversation-id.ts'
import { RequestError } from '../../../shared/errors.ts'
import { checkText } from '../../../shared/fields.ts'
import {
  type Answer,
  type Message,
  type MessageList,
  type Query,
  queryCase,
  type RelationsQuery,
  type ScheduledQuery,
  type SearchQuery,
  writeAnswer,
  writeMessage,
  writeRelation,
  writeScheduled,
} from '../../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../../shared/protobuf-writer.ts'
import { reactionKey } from '../../../shared/reaction-key.ts'
import { EXPIRED, RECALLED } from '../message-flags.ts'
import { leastRole } from '../rules/least-role.ts'
import { forbidden, unknownConversation } from '../rules/refusals.ts'
import { answerPage, type Placed } from './answer-items.ts'
import type { LogRows } from './rows.ts'
import type { View, Views } from './views.ts'

const LIMIT = { default: 100, max: 500 }
const MAX_MESSAGES = 100
const writer = new ProtobufWriter()

/** Answers QUERY: what a user may know of a conversation besides its log (docs/PROTOCOL.md, "Queries"). */
export class Queries {
  readonly #rows: LogRows
  readonly #views: Views
  readonly #search: (userId: string, query: SearchQuery) => MessageList

  constructor(rows: LogRows, views: Views, search: (userId: string, query: SearchQuery) => MessageList) {
    this.#rows = rows
    this.#views = views
    this.#search = search
  }

  /** An encoded Answer. Throws RequestError. */
  answer(userId: string, query: Query): Uint8Array {
    writer.reset()
    writeAnswer(writer, this.#answer(userId, query))
    return writer.finishAlone()
  }

  #answer(userId: string, query: Query): Answer {
    const asked = queryCase(query)
    if (!asked) throw notOneQuestion()
    switch (asked.kind) {
      case 'group':
        return { group: this.#group(userId, asked.body.conversationId) }
      case 'members':
        return { members: this.#members(userId, asked.body) }
      case 'readers':
        return { readers: this.#readers(userId, asked.body) }
      case 'reactors':
        return { reactors: this.#reactors(userId, asked.body) }
      case 'pins':
        return { messages: this.#pins(userId, asked.body) }
      case 'messages':
        return { messages: this.#messages(userId, asked.body) }
      case 'thread':
        return { messages: this.#thread(userId, asked.body) }
      case 'search':
        return { messages: this.#search(userId, asked.body) }
      case 'scheduled':
        return { scheduled: this.#scheduledOf(userId, asked.body) }
      case 'relations':
        return { relations: this.#relationsOf(userId, asked.body) }
      case 'bans':
        return { bans: this.#bans(userId, asked.body) }
    }
  }

  #group(userId: string, conversationId: string) {
    const view = this.#current(userId, conversationId)
    const group = this.#views.group(conversationId, view.conversation, view.member)
    if (!group) throw unknownConversation()
    return group
  }

  #members(userId: string, query: { conversationId: string; cursor: string; limit: number }) {
    const { conversation } = this.#current(userId, query.conversationId)
    const limit = limitOf(query.limit)
    const rows = this.#rows.members.page(conversation, userAfter(query.cursor), limit + 1)
    const members = rows
      .slice(0, limit)
      .map(({ name, role, joined_at, muted_until }) => ({ userId: name, role, joinedAt: joined_at, mutedUntil: muted_until }))
    return { members, nextCursor: cursorAfter(rows, limit) }
  }

  /** G9: for those who may keep users out. */
  #bans(userId: string, query: { conversationId: string; cursor: string; limit: number }) {
    const { conversation, member } = this.#current(userId, query.conversationId)
    const group = this.#rows.groups.find(conversation)
    if (!group) throw unknownConversation()
    if (member.role < leastRole(group.profile.settings, 'remove')) throw forbidden('see who is kept out')
    const limit = limitOf(query.limit)
    const rows = this.#rows.bans.page(conversation, userAfter(query.cursor), limit + 1)
    const bans = rows.slice(0, limit).map(({ name, banned_by, banned_at }) => ({ userId: name, bannedBy: banned_by, bannedAt: banned_at }))
    return { bans, nextCursor: cursorAfter(rows, limit) }
  }

  /** Who has it is for the members to know who could see it. */
  #readers(userId: string, query: { conversationId: string; seq: number; cursor: string; limit: number }) {
    const view = this.#current(userId, query.conversationId)
    const message = this.#visible(view, query.seq)
    if (conversationKind(query.conversationId) === 'direct') return this.#directReaders(view, message)
    const sender = this.#rows.users.knownUser(message.sender) ?? 0
    const viewer = view.member.user
    const { members, readers, receivers } = this.#counts(view, query.seq, sender)
    const limit = limitOf(query.limit)
    const rows = this.#rows.members.readers(view.conversation, query.seq, userAfter(query.cursor), limit + 1)
    return {
      readCount: readers,
      deliveredCount: receivers,
      memberCount: members,
      readers: rows
        .slice(0, limit)
        .filter(({ user }) => user !== sender && !this.#rows.relations.isBetween(viewer, user))
        .map(({ name, delivered_seq, read_seq }) => ({ userId: name, deliveredSeq: delivered_seq, readSeq: read_seq })),
      nextCursor: cursorAfter(rows, limit),
    }
  }

  /** P2: those are not counted as having it of whom one and the user have blocked the other. */
  #counts({ conversation, member }: View, seq: number, sender: number) {
    const { members, relations } = this.#rows
    const all = members.counts(conversation, seq, sender)
    if (!relations.hasBlocks) return all
    const hidden = members.hiddenCounts(conversation, seq, { butUser: sender, viewer: member.user })
    return { members: all.members, readers: all.readers - hidden.readers, receivers: all.receivers - hidden.receivers }
  }

  /** A 1:1 conversation has one other, or none. */
  #directReaders({ conversationId, conversation, member }: View, { sender, seq }: Message) {
    const others = [...new Set(directUsers(conversationId))].filter((user) => user !== sender)
    const positions = others.flatMap((userId) => {
      const held = this.#rows.members.findByName(userId, conversation)
      if (!held) return []
      // P2
      const isHidden = this.#rows.relations.isBetween(member.user, held.user)
      return { userId, deliveredSeq: isHidden ? 0 : held.delivered_seq, readSeq: isHidden ? 0 : held.read_seq }
    })
    const readers = positions.filter(({ readSeq }) => readSeq >= seq)
    const deliveredCount = positions.filter(({ deliveredSeq, readSeq }) => Math.max(deliveredSeq, readSeq) >= seq).length
    return { readCount: readers.length, deliveredCount, memberCount: positions.length, readers, nextCursor: '' }
  }

  #reactors(userId: string, query: { conversationId: string; seq: number; key: string; cursor: string; limit: number }) {
    const view = this.#current(userId, query.conversationId)
    this.#visible(view, query.seq)
    const target = this.#rows.entries.at(view.conversation, query.seq)
    // M4: what was said to it went with it.
    if (!target || (target.flags & (RECALLED | EXPIRED)) !== 0) throw unknownMessage(query.seq)
    const key = reactionKey(query.key)
    checkText('key', key, { min: 1, max: 64 })
    const limit = limitOf(query.limit)
    const rows = this.#rows.messages.reactors(target.id, key, userAfter(query.cursor), limit + 1)
    return { users: rows.slice(0, limit).map(({ name }) => name), nextCursor: cursorAfter(rows, limit) }
  }

  #pins(userId: string, { conversationId, fromSeq = 0 }: { conversationId: string; fromSeq?: number | undefined }): MessageList {
    const view = this.#views.view(userId, conversationId)
    // G5: what is pinned is so now, and who has left hears nothing of that.
    const isMember = view?.member.until_seq === null
    if (!view || !isMember) return { messages: [], nextCursor: '' }
    const pinned = this.#rows.messages.pinned(view.conversation).filter((seq) => seq > fromSeq)
    return this.#each(view, pinned)
  }

  #messages(userId: string, { conversationId, seqs }: { conversationId: string; seqs: number[] }): MessageList {
    if (seqs.length > MAX_MESSAGES) {
      throw new RequestError('field_invalid', `"seqs" are ${seqs.length}; at most ${MAX_MESSAGES} are taken.`, { field: 'seqs' })
    }
    const view = this.#views.view(userId, conversationId)
    return view ? this.#each(view, seqs) : { messages: [], nextCursor: '' }
  }

  #thread(userId: string, query: { conversationId: string; thread: number; fromSeq: number; limit: number }): MessageList {
    const view = this.#views.view(userId, query.conversationId)
    if (!view) return { messages: [], nextCursor: '' }
    const limit = limitOf(query.limit)
    const found = this.#rows.messages.thread(view.conversation, query.thread, Math.max(query.fromSeq, view.beginSeq), limit + 1)
    const seqs = found.filter((seq) => seq <= view.lastSeq)
    const page = this.#each(view, seqs.slice(0, limit))
    return page.nextCursor === '' && seqs.length > limit ? { ...page, nextCursor: String(seqs[limit - 1]) } : page
  }

  #scheduledOf(userId: string, { cursor }: ScheduledQuery) {
    const after = checkedCursor(cursor, /^([0-9a-z]{1,11}-[0-9a-z]{1,11})?$/)
    const user = this.#rows.users.knownUser(userId)
    const waiting = user === undefined ? [] : this.#rows.scheduled.of(user, after)
    const { items: scheduled, nextCursor } = answerPage(writeScheduled, waiting)
    return { scheduled, nextCursor }
  }

  #relationsOf(userId: string, { cursor }: RelationsQuery) {
    const after = checkedCursor(cursor, /^([cb][0-9a-z]{1,11})?$/)
    const id = this.#rows.users.knownUser(userId)
    const found = id === undefined ? [] : this.#rows.relations.of({ id, name: userId }, after)
    const { items: relations, nextCursor } = answerPage(writeRelation, found)
    return { relations, nextCursor }
  }

  /** A conversation that the user is in now. */
  #current(userId: string, conversationId: string): View {
    const view = this.#views.view(userId, conversationId)
    if (!view || view.member.until_seq !== null) throw unknownConversation()
    return view
  }

  /** A message that is there for the user. */
  #visible(view: View, seq: number): Message {
    const message = this.#views.one(view, seq)
    if (message && !message.change) return message
    throw unknownMessage(seq)
  }

  /** As many as one answer holds; the cursor is then the seq to go on after. */
  #each(view: View, seqs: readonly number[]): MessageList {
    const { items: messages, nextCursor } = answerPage(writeMessage, this.#found(view, seqs))
    return { messages, nextCursor }
  }

  *#found(view: View, seqs: readonly number[]): Generator<Placed<Message>> {
    for (const seq of seqs) {
      const item = this.#views.one(view, seq)
      if (item) yield { item, place: String(seq) }
    }
  }
}

function notOneQuestion(): RequestError {
  return new RequestError('field_invalid', 'QUERY has not exactly one of its fields.', { field: 'query' })
}

function unknownMessage(seq: number): RequestError {
  return new RequestError('message_unknown', `There is no message ${seq} here.`, { field: 'seq' })
}

function limitOf(asked: number): number {
  return asked === 0 ? LIMIT.default : Math.min(asked, LIMIT.max)
}

function checkedCursor(cursor: string, form: RegExp): string {
  if (form.test(cursor)) return cursor
  throw new RequestError('field_invalid', '"cursor" is none that a QUERY_ACK gave.', { field: 'cursor' })
}

/** Pages go by the users' rows. */
function userAfter(cursor: string): number {
  return checkedCursor(cursor, /^[0-9a-z]{0,11}$/) === '' ? 0 : Number.parseInt(cursor, 36)
}

function cursorAfter(rows: readonly { user: number }[], limit: number): string {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return last ? last.user.toString(36) : ''
}
