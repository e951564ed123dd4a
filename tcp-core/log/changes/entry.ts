import { conversationIdFault } from '../../../shared/conversation-id.ts'
import { RequestError } from '../../../shared/errors.ts'
import { invalidField } from '../../../shared/fields.ts'
import { Role } from '../../../shared/gen/hawser.ts'
import type { ConversationRow } from '../name-tables.ts'
import type { GroupRow } from '../state/group-table.ts'
import type { MemberRow } from '../state/member-table.ts'
import type { Tables } from '../state/tables.ts'

/** Who acts where an operator does (G11): no user has this name (N1). */
export const OPERATOR = ''

/** An entry on its way into the log: who does it, where, and the place that it gets. */
export interface Entry {
  readonly conversation: ConversationRow
  readonly actor: number
  readonly actorName: string
  /** It is the server's own doing; no client's entry is. */
  readonly bySystem: boolean
  /** Its row. */
  readonly id: number
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Y4: what is not the user's looks like nothing at all. */
export function unknownConversation(): RequestError {
  return new RequestError('conversation_unknown', 'There is no such conversation for you.', { field: 'conversation_id' })
}

/** What is asked for and was not found: a name that cannot be (N3), or one that is not the user's. */
export function noConversation(conversationId: string): RequestError {
  const fault = conversationIdFault(conversationId)
  return fault ? invalidField('conversation_id', fault) : unknownConversation()
}

export function forbidden(what: string): RequestError {
  return new RequestError('forbidden', `Your role here does not allow to ${what}.`)
}

/** The member who acts, now. Throws RequestError `conversation_unknown` for anybody else. */
export function actingMember(tables: Tables, { conversation, actor }: Entry): MemberRow {
  const member = tables.members.find(actor, conversation.id)
  if (!member || member.until_seq !== null) throw unknownConversation()
  return member
}

export interface Acting {
  readonly group: GroupRow
  readonly member: MemberRow
}

/** The group that is acted on, and the member who acts. */
export function actingInGroup(tables: Tables, entry: Entry): Acting {
  const acting = actingInAnyGroup(tables, entry)
  if (acting.group.dissolved) throw new RequestError('forbidden', 'The group is dissolved.')
  return acting
}

/** G3: the same for what takes back or ends, which a dissolved group does not keep anybody from. */
export function actingInAnyGroup(tables: Tables, entry: Entry): Acting {
  const group = tables.groups.find(entry.conversation.id)
  if (!group) throw unknownConversation()
  const isOperator = entry.bySystem && entry.actorName === OPERATOR
  return { group, member: isOperator ? operatorOf(entry) : actingMember(tables, entry) }
}

/** G11: an operator may what the owner may. */
function operatorOf({ actor }: Entry): MemberRow {
  return {
    user: actor,
    role: Role.OWNER,
    from_seq: 0,
    cleared_seq: 0,
    until_seq: null,
    until_message: null,
    until_name: null,
    joined_at: 0,
    muted_until: 0,
    delivered_seq: 0,
    read_seq: 0,
  }
}
