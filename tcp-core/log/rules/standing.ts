import { RequestError } from '../../../shared/errors.ts'
import { Role } from '../../../shared/gen/hawser.ts'
import { type Entry, type Given, isByName } from './entry.ts'
import type { Group, Member } from './facts.ts'
import { type Act, leastRole } from './least-role.ts'
import { forbidden, OPERATOR, unknownConversation } from './refusals.ts'

/** Of a conversation that is only now made. */
const BY_NAME: Member = { role: 0, fromSeq: 0, untilSeq: undefined, mutedUntil: 0 }
/** G11: an operator may what the owner may. */
const AS_OWNER: Member = { ...BY_NAME, role: Role.OWNER }

/** The user's membership, also a former one. */
export function memberOf({ facts }: Given, { conversationId, kind, isNew }: Entry, user: string): Member | undefined {
  if (!isNew) return facts.member(conversationId, user)
  return isByName(conversationId, kind, user) ? BY_NAME : undefined
}

/** Those of these users that are in the conversation now, each once. */
export function inside({ facts }: Given, { conversationId, kind, isNew }: Entry, users: readonly string[]): string[] {
  if (users.length === 0) return []
  if (isNew) return [...new Set(users)].filter((user) => isByName(conversationId, kind, user))
  return [...facts.members(conversationId, users).keys()]
}

/** The member who acts, now. Throws RequestError `conversation_unknown` for anybody else. */
export function actingMember(given: Given, entry: Entry): Member {
  const member = memberOf(given, entry, entry.actor)
  if (!member || member.untilSeq !== undefined) throw unknownConversation()
  return member
}

export interface Acting {
  readonly group: Group
  readonly member: Member
}

/** The group that is acted on, and the member who acts. */
export function actingInGroup(given: Given, entry: Entry): Acting {
  const acting = actingInAnyGroup(given, entry)
  if (acting.group.dissolved) throw new RequestError('forbidden', 'The group is dissolved.')
  return acting
}

/** G3: the same for what takes back or ends, which a dissolved group does not keep anybody from. */
export function actingInAnyGroup(given: Given, entry: Entry): Acting {
  const group = given.facts.group(entry.conversationId)
  if (!group) throw unknownConversation()
  const isOperator = entry.bySystem && entry.actor === OPERATOR
  return { group, member: isOperator ? AS_OWNER : actingMember(given, entry) }
}

/** The member who acts, if its role suffices. */
export function mayAct(given: Given, entry: Entry, { act, what }: { act: Act; what: string }): Acting {
  const acting = actingInGroup(given, entry)
  if (acting.member.role < leastRole(acting.group.profile.settings, act)) throw forbidden(what)
  return acting
}

export function ownerOnly(given: Given, entry: Entry, what: string): Acting {
  const acting = actingInGroup(given, entry)
  if (acting.member.role !== Role.OWNER) throw forbidden(what)
  return acting
}
