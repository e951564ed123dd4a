import { directPeer } from '../../../shared/conversation-id.ts'
import { type Aftermath, type Change, ContactState, type Details, type Member, type Message, Role } from '../../../shared/gen/hawser.ts'
import { about, isGone, type Model, type ModelConversation, type ModelEntry, type ModelMember } from './model.ts'

/** A message as a user is to see it, without what the model does not know. */
export interface SeenMessage {
  readonly seq: number
  readonly sender: string
  readonly clientMessageId: string
  readonly sentAt: number
  readonly content: string
  readonly details: Details | undefined
  readonly change: Change | undefined
  readonly aftermath: Aftermath
}

const NOTHING_BECAME: Aftermath = { editedAt: 0, recalledAt: 0, recalledBy: '', expired: false, reactions: [], pinned: false }

/** What came from the log, in the same words. */
export function seen({ seq, sender, clientMessageId, sentAt, content, details, change, aftermath }: Message): SeenMessage {
  return { seq, sender, clientMessageId, sentAt, content: text(content), details, change, aftermath: aftermath ?? NOTHING_BECAME }
}

const text = (content: Uint8Array) => Buffer.from(content).toString()

/** What of a conversation is a user's to see (docs/PROTOCOL.md G5, G6, P1). */
export class ModelView {
  readonly #model: Model
  readonly #conversation: ModelConversation
  readonly #user: string
  readonly #member: ModelMember

  private constructor(model: Model, conversation: ModelConversation, user: string, member: ModelMember) {
    this.#model = model
    this.#conversation = conversation
    this.#user = user
    this.#member = member
  }

  /** Undefined where nothing is. */
  static of(model: Model, user: string, conversationId: string): ModelView | undefined {
    const conversation = model.conversation(conversationId)
    const member = conversation?.members.get(user)
    return conversation && member && conversation.entries.length > 0 ? new ModelView(model, conversation, user, member) : undefined
  }

  get isMember(): boolean {
    return this.#member.until === undefined
  }

  get beginSeq(): number {
    return Math.max(this.#member.from, this.#member.cleared)
  }

  get lastSeq(): number {
    return this.#member.until ?? this.#conversation.entries.length
  }

  get entries(): ModelEntry[] {
    return this.#conversation.entries.slice(this.beginSeq, this.lastSeq)
  }

  messages(): SeenMessage[] {
    return this.entries.map((entry) => this.message(entry))
  }

  message(entry: ModelEntry): SeenMessage {
    const { seq, by, clientMessageId, at, details, change } = entry
    const withheld = this.#isWithheld(entry)
    const gone = withheld || isGone(entry)
    const content = entry.edited ? entry.edited.content : entry.content
    return {
      seq,
      sender: by,
      clientMessageId,
      sentAt: at,
      content: gone ? '' : content,
      details: gone ? undefined : details,
      change: change && this.#change(change),
      aftermath: withheld ? { ...NOTHING_BECAME, expired: true } : this.#aftermath(entry),
    }
  }

  /** G5: it was changed after the user had gone. */
  #isWithheld({ edited, recalled }: ModelEntry): boolean {
    return Math.max(edited?.seq ?? 0, recalled?.seq ?? 0) > this.lastSeq
  }

  #change(change: Change): Change {
    if (about(change) <= this.#member.from) return {}
    const { edit } = change
    const target = edit && this.#conversation.entries[edit.seq - 1]
    if (edit && target && isGone(target)) return { edit: { seq: edit.seq, contentType: '', content: new Uint8Array(0) } }
    return change
  }

  #aftermath(entry: ModelEntry): Aftermath {
    const { edited, recalled, expired, pinned, reactions } = entry
    const counted = [...reactions]
      .map(([key, users]) => ({ key, count: users.size, own: users.has(this.#user) }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
    return {
      editedAt: recalled ? 0 : (edited?.at ?? 0),
      recalledAt: recalled?.at ?? 0,
      recalledBy: recalled?.by ?? '',
      expired,
      reactions: this.isMember && !isGone(entry) ? counted : [],
      pinned: this.isMember && pinned,
    }
  }

  /** Y2 and Y8 */
  summary() {
    const { id, members, group, preferences, entries } = this.#conversation
    const member = this.#member
    const peer = directPeer(id, this.#user) ?? ''
    const theirs = members.get(peer)
    const unread = this.entries.filter(
      (entry) => entry.seq > member.read && entry.by !== this.#user && !entry.change && !isGone(entry) && !this.#isWithheld(entry),
    )
    const mentioning = unread.filter(
      ({ details, audience }) => details && (details.mentionAll || (details.mentions.includes(this.#user) && audience.has(this.#user))),
    )
    const preference = preferences.get(this.#user)
    return {
      conversationId: id,
      peer,
      lastSeq: this.lastSeq,
      readSeq: member.read,
      deliveredSeq: member.delivered,
      unread: unread.length,
      mentions: mentioning.length,
      peerReadSeq: this.#hides(peer) ? 0 : (theirs?.read ?? 0),
      peerDeliveredSeq: this.#hides(peer) ? 0 : (theirs?.delivered ?? 0),
      lastMessage: this.lastSeq > this.beginSeq ? this.message(entries[this.lastSeq - 1] as ModelEntry) : undefined,
      group: group && this.group(),
      preference: preference && { ...preference, ...(member.cleared > 0 ? { clearedSeq: member.cleared } : {}) },
      beginSeq: this.beginSeq,
      left: !this.isMember,
    }
  }

  group() {
    const { id, group, members } = this.#conversation
    if (!group) return undefined
    const { name, description, settings, owner, createdAt, mutedUntil, dissolved } = group
    const base = { conversationId: id, avatar: '', attributes: [], createdAt }
    const nothing = { description: '', settings: undefined, owner: '', memberCount: 0, mutedUntil: 0, dissolved: false }
    if (!this.isMember) return { ...base, ...nothing, name: this.#member.lastName, role: Role.ROLE_UNSPECIFIED, ownMutedUntil: 0 }
    const memberCount = [...members.values()].filter(({ until }) => until === undefined).length
    const { role, mutedUntil: ownMutedUntil } = this.#member
    return { ...base, name, description, settings, owner, memberCount, mutedUntil, dissolved, role, ownMutedUntil }
  }

  members(): Member[] {
    return [...this.#conversation.members]
      .filter(([, { until }]) => until === undefined)
      .map(([userId, { role, joinedAt, mutedUntil }]) => ({ userId, role, joinedAt, mutedUntil }))
  }

  /** Members to whom the message was ever shown, but its sender. */
  readers({ seq, by }: ModelEntry) {
    const others = [...this.#conversation.members].filter(([user, { until, from }]) => until === undefined && from < seq && user !== by)
    const shown = others.filter(([user]) => !this.#hides(user))
    const readers = shown.filter(([, { read }]) => read >= seq)
    return {
      memberCount: others.length,
      readCount: readers.length,
      deliveredCount: shown.filter(([, { read, delivered }]) => Math.max(read, delivered) >= seq).length,
      readers: readers.map(([userId, { read, delivered }]) => ({ userId, readSeq: read, deliveredSeq: delivered })),
    }
  }

  /** P2: where the other is, where one of the two has blocked the other. */
  #hides(other: string): boolean {
    return this.#model.isBlocked(this.#user, other) || this.#model.isBlocked(other, this.#user)
  }

  pins(): SeenMessage[] {
    return this.isMember ? this.entries.filter(({ pinned }) => pinned).map((entry) => this.message(entry)) : []
  }

  thread(root: number): SeenMessage[] {
    return this.entries.filter(({ details, change }) => !change && details?.thread === root).map((entry) => this.message(entry))
  }
}

/** P2 and P3: everybody with whom the user has to do. */
export function relations(model: Model, user: string, others: readonly string[], conversationOf: (other: string) => string) {
  return others
    .map((userId) => ({ userId, contact: model.contactState(conversationOf(userId), user), blocked: model.isBlocked(user, userId) }))
    .filter(({ contact, blocked }) => blocked || contact !== ContactState.NO_CONTACT)
}
