import { RequestError } from '../../../shared/errors.ts'
import { Role } from '../../../shared/gen/hawser.ts'
import { OPERATOR, unknownConversation } from '../rules/refusals.ts'
import type { GroupRow } from '../sqlite/group-table.ts'
import type { MemberRow } from '../sqlite/member-table.ts'
import type { ConversationRow } from '../sqlite/name-tables.ts'
import type { Tables } from '../sqlite/tables.ts'

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
