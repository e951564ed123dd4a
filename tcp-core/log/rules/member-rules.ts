import { RequestError } from '../../../shared/errors.ts'
import { checkUserIds } from '../../../shared/fields.ts'
import { type Ban, type MembersAdd, type MembersRemove, Role } from '../../../shared/gen/hawser.ts'
import type { Effect } from './effects.ts'
import type { Entry, Given } from './entry.ts'
import type { Group } from './facts.ts'
import { unknownConversation } from './refusals.ts'
import { actingInAnyGroup, mayAct } from './standing.ts'
import { checkCount, checkMayAdd, checkRoom, dayOf, lowerMembers, namedUsers } from './users.ts'

const MAX_BANS = 10_000
/** The owner of a dissolved group that its owner has left. */
const NOBODY = null

export function add(given: Given, entry: Entry, body: MembersAdd): Effect[] {
  const { facts } = given
  const { group } = mayAct(given, entry, { act: 'invite', what: 'invite' })
  const named = namedUsers(given, entry, body.users)
  const members = facts.members(entry.conversationId, named)
  const users = named.filter((user) => !members.has(user))
  if (users.length === 0) throw new RequestError('field_invalid', '"users" names nobody who is not a member.', { field: 'users' })
  // G11: what members may not and how often they may is not for an operator.
  if (entry.bySystem) return letIn(given, entry, group, users)
  const [banned] = facts.banned(entry.conversationId, users)
  if (banned !== undefined) throw new RequestError('forbidden', `The group keeps "${banned}" out.`, { field: 'users' })
  checkMayAdd(given, entry, users)
  return [...letIn(given, entry, group, users), { kind: 'allowance', users, day: dayOf(entry.at) }]
}

export function join(given: Given, entry: Entry): Effect[] {
  const { facts } = given
  const { conversationId, actor } = entry
  const group = facts.group(conversationId)
  // Whether a group that is not open exists is not told.
  if (!group || group.dissolved) throw unknownConversation()
  const member = facts.member(conversationId, actor)
  const isMember = member !== undefined && member.untilSeq === undefined
  if (!group.profile.settings?.open && !isMember) throw unknownConversation()
  if (isMember) throw new RequestError('forbidden', 'You are a member already.')
  if (facts.banned(conversationId, [actor]).length > 0) throw new RequestError('forbidden', 'The group keeps you out.')
  return letIn(given, entry, group, [actor])
}

export function leave(given: Given, entry: Entry): Effect[] {
  const { group, member } = actingInAnyGroup(given, entry)
  const isOwner = member.role === Role.OWNER
  if (isOwner && !group.dissolved) throw new RequestError('forbidden', 'The owner hands the group over, or dissolves it.')
  return letOut(group, [entry.actor], isOwner ? { owner: NOBODY } : {})
}

export function remove(given: Given, entry: Entry, body: MembersRemove): Effect[] {
  const { group, member } = mayAct(given, entry, { act: 'remove', what: 'remove members' })
  return letOut(group, lowerMembers(given, entry, member, body.users))
}

/** G9 */
export function ban(given: Given, entry: Entry, { users: names, removed }: Ban): Effect[] {
  const { facts } = given
  const { conversationId } = entry
  const { group, member } = mayAct(given, entry, { act: 'remove', what: 'keep users out' })
  checkCount(names)
  if (names.length === 0) throw new RequestError('field_invalid', '"users" names nobody.', { field: 'users' })
  const users = [...new Set(names)]
  if (removed) return [{ kind: 'unbanned', users }]
  const inside = facts.members(conversationId, users)
  checkUserIds(
    'users',
    names.filter((name) => !inside.has(name)),
  )
  const went = lowerMembers(given, entry, member, [...inside.keys()])
  const more = users.length - facts.banned(conversationId, users).length
  if (facts.banCount(conversationId) + more > MAX_BANS) {
    throw new RequestError('limit_reached', `A group keeps at most ${MAX_BANS} users out.`)
  }
  return [{ kind: 'banned', users }, ...(went.length > 0 ? letOut(group, went) : [])]
}

function letIn(given: Given, { seq }: Entry, group: Group, users: readonly string[]): Effect[] {
  const memberCount = group.memberCount + users.length
  checkRoom(given, memberCount)
  // A group may hide its past from those who come.
  const fromSeq = group.profile.settings?.hideHistory ? seq - 1 : 0
  return [
    { kind: 'began', users, role: Role.MEMBER, fromSeq },
    { kind: 'group', group: { ...group, memberCount } },
  ]
}

function letOut(group: Group, users: readonly string[], owner: { owner?: null } = {}): Effect[] {
  return [
    { kind: 'ended', users, name: group.profile.name },
    { kind: 'group', group: { ...group, memberCount: group.memberCount - users.length }, ...owner },
  ]
}
