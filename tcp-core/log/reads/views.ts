import { conversationIdFault, directPeer, ownConversationId } from '../../../shared/conversation-id.ts'
import { type Aftermath, type Change, type Group, type Message, Role, readChange, readDetails } from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import type { LogIdentity } from '../log-identity.ts'
import { EXPIRED } from '../message-flags.ts'
import { concerns } from '../rules/concerns.ts'
import { noConversation, unknownConversation } from '../rules/refusals.ts'
import type { Key, LogRows, MemberRow, MessageRow } from './rows.ts'
import { isOver, isWithheld, isWithin, type Span, spanOf } from './visibility.ts'

/** A conversation as far as it is a user's to see. */
export interface View extends Span {
  readonly conversationId: string
  readonly userId: string
  readonly conversation: Key
  readonly epoch: number
  readonly member: MemberRow
}

const NOTHING = new Uint8Array(0)
/** All that is said of a message which is not any more what it was while it could be seen. */
const WITHHELD: Aftermath = { editedAt: 0, recalledAt: 0, recalledBy: '', expired: true, reactions: [], pinned: false }

/** What is whose to see, as visibility.ts decides it. */
export class Views {
  readonly #identity: LogIdentity
  readonly #rows: LogRows
  readonly #now: () => number

  /** `now` says when messages have disappeared. */
  constructor(rows: LogRows, identity: LogIdentity, now: () => number) {
    this.#identity = identity
    this.#rows = rows
    this.#now = now
  }

  /**
   * What of a conversation is the user's to see; undefined for a 1:1 conversation that has
   * not begun. Throws RequestError `conversation_unknown` where nothing is, `field_invalid` where
   * nothing can be.
   */
  view(userId: string, conversationId: string): View | undefined {
    const row = this.#rows.conversations.named(conversationId)
    const member = row && this.#rows.members.findByName(userId, row.id)
    if (row && member) {
      return { conversationId, userId, conversation: row.id, epoch: row.epoch, member, ...spanOf(member, row.last_seq) }
    }
    if (row) throw unknownConversation()
    if (!isOf(userId, conversationId) || conversationIdFault(conversationId)) throw noConversation(conversationId)
    return undefined
  }

  /** A message of the view by its seq; undefined where it is not the user's to see. */
  one(view: View, seq: number): Message | undefined {
    if (!isWithin(view, seq)) return undefined
    const row = this.#rows.entries.at(view.conversation, seq)
    return row && this.message(view, row)
  }

  /** As the user who views may see it. */
  message(view: View, row: MessageRow): Message {
    const { conversationId } = view
    const change = row.change ? readChange(new ProtobufReader(row.change)) : undefined
    const withheld = isWithheld(view.member, row.flags, () => this.#rows.messages.changedBy(row.id))
    const details = row.details && !withheld ? readDetails(new ProtobufReader(row.details)) : undefined
    const gone = withheld || isOver(details, this.#now())
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

  /** G6: something done to a message of before a member's time says nothing to that member. */
  #visible({ conversation, member }: View, change: Change): Change {
    if (concerns(change) <= member.from_seq) return {}
    const { edit } = change
    const edited = edit && this.#rows.entries.at(conversation, edit.seq)
    const gone = edited?.details && isOver(readDetails(new ProtobufReader(edited.details)), this.#now())
    return gone ? { edit: { seq: edited.seq, contentType: '', content: NOTHING } } : change
  }

  #aftermath({ member }: View, row: { id: Key; flags: number }): Aftermath {
    const aftermath = this.#rows.messages.aftermath(row, member.user)
    return member.until_seq === null ? aftermath : { ...aftermath, reactions: [], pinned: false }
  }

  /** A group as the member sees it. */
  group(conversationId: string, conversation: Key, member: MemberRow): Group | undefined {
    const group = this.#rows.groups.find(conversation)
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
      owner: this.#rows.users.userName(group.owner),
      memberCount,
      createdAt,
      mutedUntil,
      dissolved,
      role: member.role,
      ownMutedUntil: member.muted_until,
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
