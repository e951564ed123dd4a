import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { conversationIdFault, directPeer, ownConversationId } from '../../shared/conversation-id.ts'
import {
  type Aftermath,
  type Change,
  type Details,
  type Group,
  type Message,
  Role,
  readChange,
  readDetails,
} from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import type { LogIdentity } from './log-identity.ts'
import { EDITED, EXPIRED, RECALLED } from './message-flags.ts'
import { entryAt } from './places.ts'
import { concerns } from './rules/concerns.ts'
import { noConversation, unknownConversation } from './rules/refusals.ts'
import type { MemberRow } from './sqlite/member-table.ts'
import type { Tables } from './sqlite/tables.ts'

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

/** What is whose to see: the one place that decides it, whoever asks. */
export class Views {
  readonly #identity: LogIdentity
  readonly #tables: Tables
  readonly #now: () => number
  readonly #one: StatementSync
  readonly #conversation: StatementSync

  /** `now` says when messages have disappeared. */
  constructor(database: DatabaseSync, identity: LogIdentity, tables: Tables, now: () => number) {
    this.#identity = identity
    this.#tables = tables
    this.#now = now
    this.#one = database.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM message m JOIN user u ON u.id = m.sender WHERE m.id = ${entryAt('?1', '?2')}`,
    )
    this.#conversation = database.prepare(
      'SELECT c.id, c.epoch, ifnull(m.seq, 0) AS last_seq FROM conversation c LEFT JOIN message m ON m.id = c.last_message WHERE c.name = ?',
    )
  }

  /**
   * What of a conversation is the user's to see; undefined for a 1:1 conversation that has
   * not begun. Throws RequestError `conversation_unknown` where nothing is, `field_invalid` where
   * nothing can be.
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
    if (row) throw unknownConversation()
    if (!isOf(userId, conversationId) || conversationIdFault(conversationId)) throw noConversation(conversationId)
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
