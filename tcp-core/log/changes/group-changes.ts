import { directConversationId, isGroupId } from '../../../shared/conversation-id.ts'
import { RequestError } from '../../../shared/errors.ts'
import { checkLines, checkText, checkUserId, checkUserIds, invalidField } from '../../../shared/fields.ts'
import {
  AddedBy,
  type Attribute,
  type Ban,
  ContactState,
  type GroupCreate,
  type GroupUpdate,
  type MembersAdd,
  type MembersRemove,
  type Mute,
  Role,
  type RoleChange,
  type Transfer,
} from '../../../shared/gen/hawser.ts'
import type { LogRules } from '../log-rules.ts'
import { type Act, leastRole } from '../rules/least-role.ts'
import { forbidden, unknownConversation } from '../rules/refusals.ts'
import type { GroupRow } from '../sqlite/group-table.ts'
import type { MemberRow } from '../sqlite/member-table.ts'
import type { NamedUser } from '../sqlite/name-tables.ts'
import type { Tables } from '../sqlite/tables.ts'
import { type Acting, actingInAnyGroup, actingInGroup, type Entry } from './entry.ts'

/** Users that one change may name, so that no change is large. */
const MAX_USERS = 500
const MAX_ATTRIBUTES = 32
const MAX_BANS = 10_000
const DEFAULT_ADDED_BY = {
  everyone: AddedBy.ADDED_BY_EVERYONE,
  contacts: AddedBy.ADDED_BY_CONTACTS,
  nobody: AddedBy.ADDED_BY_NOBODY,
} as const
/** The owner of a dissolved group that its owner has left. */
const NOBODY = 0

/** What is done to a group and its members: who may, and what follows (docs/PROTOCOL.md, "Groups"). */
export class GroupChanges {
  readonly #tables: Tables
  readonly #rules: LogRules

  constructor(tables: Tables, rules: LogRules) {
    this.#tables = tables
    this.#rules = rules
  }

  /** G1 */
  create(entry: Entry, body: GroupCreate): void {
    if (!isGroupId(entry.conversation.name) || entry.seq !== 1) {
      throw new RequestError('conversation_exists', 'There is a conversation of this id already.', { field: 'conversation_id' })
    }
    checkProfile(body)
    const attributes = merged([], body.attributes)
    const users = this.#users(entry, body.members).flatMap(({ id }) => (id === entry.actor ? [] : [id]))
    this.#checkRoom(1 + users.length)
    this.#checkMayAdd(entry, users)
    this.#tables.groups.put(entry.conversation.id, {
      profile: { ...body, attributes, members: [] },
      owner: entry.actor,
      memberCount: 1 + users.length,
      createdAt: entry.at,
      mutedUntil: 0,
      dissolved: false,
    })
    this.#tables.members.add([entry.actor], entry.conversation.id, { role: Role.OWNER, fromSeq: 0, at: entry.at })
    this.#tables.members.add(users, entry.conversation.id, { role: Role.MEMBER, fromSeq: 0, at: entry.at })
    this.#tables.allowances.entered([entry.actor, ...users])
    this.#tables.allowances.added(entry.actor, users, entry.at)
  }

  update(entry: Entry, body: GroupUpdate): void {
    const { group, member } = this.#may(entry, 'update', 'change what the group is called')
    // G3: who may do what is the owner's to say.
    if (body.settings && member.role !== Role.OWNER) throw forbidden('change the settings')
    // Only what is given: what an older release took may stay.
    checkProfile(body)
    const { profile } = group
    const next: GroupCreate = {
      ...profile,
      name: body.name ?? profile.name,
      description: body.description ?? profile.description,
      avatar: body.avatar ?? profile.avatar,
      attributes: merged(profile.attributes, body.attributes),
      settings: body.settings ?? profile.settings,
    }
    this.#tables.groups.put(entry.conversation.id, { ...group, profile: next })
  }

  add(entry: Entry, body: MembersAdd): void {
    const { group } = this.#may(entry, 'invite', 'invite')
    const named = this.#users(entry, body.users)
    const members = this.#tables.members.named(body.users, entry.conversation.id)
    const users = named.filter(({ name }) => !members.has(name)).map(({ id }) => id)
    if (users.length === 0) throw new RequestError('field_invalid', '"users" names nobody who is not a member.', { field: 'users' })
    // G11: what members may not and how often they may is not for an operator.
    if (entry.bySystem) return this.#letIn(entry, group, users)
    const bannedUser = this.#tables.bans.among(users, entry.conversation.id)
    if (bannedUser !== undefined) throw new RequestError('forbidden', `The group keeps "${bannedUser}" out.`, { field: 'users' })
    this.#checkMayAdd(entry, users)
    this.#letIn(entry, group, users)
    this.#tables.allowances.added(entry.actor, users, entry.at)
  }

  join(entry: Entry): void {
    const group = this.#tables.groups.find(entry.conversation.id)
    // Whether a group that is not open exists is not told.
    if (!group || group.dissolved || (!group.profile.settings?.open && !this.#isMember(entry.actor, entry))) throw unknownConversation()
    if (this.#isMember(entry.actor, entry)) throw new RequestError('forbidden', 'You are a member already.')
    if (this.#tables.bans.among([entry.actor], entry.conversation.id) !== undefined) {
      throw new RequestError('forbidden', 'The group keeps you out.')
    }
    this.#letIn(entry, group, [entry.actor])
  }

  leave(entry: Entry): void {
    const { group, member } = actingInAnyGroup(this.#tables, entry)
    const isOwner = member.role === Role.OWNER
    if (isOwner && !group.dissolved) throw new RequestError('forbidden', 'The owner hands the group over, or dissolves it.')
    this.#letOut(entry, isOwner ? { ...group, owner: NOBODY } : group, [entry.actor])
  }

  remove(entry: Entry, body: MembersRemove): void {
    const { group, member } = this.#may(entry, 'remove', 'remove members')
    const users = this.#lowerMembers(entry, member, body.users)
    this.#letOut(entry, group, users)
  }

  /** G9 */
  ban(entry: Entry, { users: names, removed }: Ban): void {
    const { group, member } = this.#may(entry, 'remove', 'keep users out')
    checkCount(names)
    if (names.length === 0) throw new RequestError('field_invalid', '"users" names nobody.', { field: 'users' })
    const { bans, members, names: table } = this.#tables
    const { id } = entry.conversation
    if (removed) return bans.lift(names, id)
    const inside = members.named(names, id)
    const others = names.filter((name) => !inside.has(name))
    checkUserIds('users', others)
    const went = this.#lowerMembers(entry, member, [...inside.keys()])
    bans.add(
      table.users([...new Set(names)]).map((user) => user.id),
      id,
      { user: entry.actor, at: entry.at },
    )
    if (bans.count(id) > MAX_BANS) throw new RequestError('limit_reached', `A group keeps at most ${MAX_BANS} users out.`)
    if (went.length > 0) this.#letOut(entry, group, went)
  }

  role(entry: Entry, body: RoleChange): void {
    const { member } = this.#ownerOnly(entry, 'give roles')
    if (body.role !== Role.MEMBER && body.role !== Role.ADMIN) {
      throw new RequestError('field_invalid', '"role" is neither MEMBER nor ADMIN.', { field: 'role' })
    }
    const [user] = this.#lowerMembers(entry, member, [body.user], 'user')
    if (user === undefined) return
    this.#tables.members.setRole(user, entry.conversation.id, body.role)
    if (body.role === Role.ADMIN) this.#tables.members.mute([user], entry.conversation.id, 0)
  }

  transfer(entry: Entry, body: Transfer): void {
    const { group, member } = this.#ownerOnly(entry, 'hand the group over')
    const [user] = this.#lowerMembers(entry, member, [body.user], 'user')
    if (user === undefined) return
    this.#tables.members.setRole(group.owner, entry.conversation.id, Role.ADMIN)
    this.#tables.members.setRole(user, entry.conversation.id, Role.OWNER)
    // G7: nobody would be above the owner to lift it.
    this.#tables.members.mute([user], entry.conversation.id, 0)
    this.#tables.groups.put(entry.conversation.id, { ...group, owner: user })
  }

  mute(entry: Entry, body: Mute): void {
    const { group, member } = this.#may(entry, 'mute', 'mute')
    if (body.users.length === 0) this.#tables.groups.put(entry.conversation.id, { ...group, mutedUntil: body.until })
    else this.#tables.members.mute(this.#lowerMembers(entry, member, body.users), entry.conversation.id, body.until)
  }

  dissolve(entry: Entry): void {
    const { group } = this.#ownerOnly(entry, 'dissolve the group')
    this.#tables.groups.put(entry.conversation.id, { ...group, dissolved: true })
  }

  /** The member who acts, if its role suffices. */
  #may(entry: Entry, act: Act, what: string): Acting {
    const acting = actingInGroup(this.#tables, entry)
    if (acting.member.role < leastRole(acting.group.profile.settings, act)) throw forbidden(what)
    return acting
  }

  #ownerOnly(entry: Entry, what: string): Acting {
    const acting = actingInGroup(this.#tables, entry)
    if (acting.member.role !== Role.OWNER) throw forbidden(what)
    return acting
  }

  #letIn(entry: Entry, group: GroupRow, users: readonly number[]): void {
    this.#checkRoom(group.memberCount + users.length)
    const fromSeq = group.profile.settings?.hideHistory ? entry.seq - 1 : 0
    this.#tables.members.add(users, entry.conversation.id, { role: Role.MEMBER, fromSeq, at: entry.at })
    this.#tables.allowances.entered(users)
    this.#tables.groups.put(entry.conversation.id, { ...group, memberCount: group.memberCount + users.length })
  }

  #letOut(entry: Entry, group: GroupRow, users: readonly number[]): void {
    const last = { seq: entry.seq, message: entry.id, name: group.profile.name }
    this.#tables.members.end(users, entry.conversation.id, last)
    this.#tables.allowances.left(users)
    this.#tables.groups.put(entry.conversation.id, { ...group, memberCount: group.memberCount - users.length })
  }

  #isMember(user: number, { conversation }: Entry): boolean {
    return this.#tables.members.find(user, conversation.id)?.until_seq === null
  }

  /** The members of these names, all of a lower role than the one who acts. */
  #lowerMembers(entry: Entry, { role }: MemberRow, names: readonly string[], field = 'users'): number[] {
    checkCount(names)
    const members = this.#tables.members.named(names, entry.conversation.id)
    return [...new Set(names)].map((name) => {
      const member = members.get(name)
      if (!member) {
        // After the look: whoever came in under a name that is none today can be taken out.
        checkUserId(field, name)
        throw new RequestError('field_invalid', `"${name}" is not a member.`, { field })
      }
      if (member.role >= role) throw forbidden(`do that to "${name}"`)
      return member.user
    })
  }

  /** Their rows, made where they are new. Nobody is put into a group by one whom he has blocked. */
  #users(entry: Entry, names: readonly string[]): NamedUser[] {
    checkCount(names)
    checkUserIds('users', names)
    const { names: table, relations } = this.#tables
    const users = table.users([...new Set(names)])
    const blocking = users.find(({ id }) => relations.isBlocked(id, entry.actor))
    if (!blocking) return users
    throw new RequestError('blocked', `"${blocking.name}" does not take invitations of yours.`, { field: 'users' })
  }

  /** G10: what each says of who may put him into a group, and how often that may be. */
  #checkMayAdd({ actor, actorName, at }: Entry, users: readonly number[]): void {
    const { allowances, names, relations } = this.#tables
    const { addedBy, maxAddedADay, maxGroupsAddedTo, maxAddsADay } = this.#rules
    const isContact = (name: string): boolean => {
      const direct = names.conversation(directConversationId(actorName, name))
      return direct !== undefined && relations.contact(direct.id, actor) === ContactState.CONTACT
    }
    for (const { name, added_by } of allowances.policies(users)) {
      const by = added_by || DEFAULT_ADDED_BY[addedBy]
      if (by === AddedBy.ADDED_BY_EVERYONE || (by === AddedBy.ADDED_BY_CONTACTS && isContact(name))) continue
      throw new RequestError('forbidden', `"${name}" is not put into groups by you.`, { field: 'users' })
    }
    if (allowances.adds(actor, at) + users.length > maxAddsADay) {
      throw new RequestError('limit_reached', `A user puts at most ${maxAddsADay} others into groups in a day.`, { field: 'users' })
    }
    const full = allowances.full(users, at, { aDay: maxAddedADay, groups: maxGroupsAddedTo })
    if (full !== undefined) {
      throw new RequestError('limit_reached', `"${full}" has been put into as many groups as may be for now.`, { field: 'users' })
    }
  }

  #checkRoom(members: number): void {
    const { maxGroupMembers } = this.#rules
    if (members > maxGroupMembers) throw new RequestError('limit_reached', `A group has at most ${maxGroupMembers} members.`)
  }
}

function checkCount(names: readonly string[]): void {
  if (names.length > MAX_USERS) throw invalidField('users', `has ${names.length} names; at most ${MAX_USERS} are taken`)
}

function checkProfile({ name, description, avatar }: GroupUpdate): void {
  if (name !== undefined) checkText('name', name, { min: 0, max: 256 })
  if (avatar !== undefined) checkText('avatar', avatar, { min: 0, max: 2048 })
  if (description !== undefined) checkLines('description', description, { min: 0, max: 4096 })
}

/** An attribute without a value is taken away. */
function merged(before: readonly Attribute[], changes: readonly Attribute[]): Attribute[] {
  const all = new Map(before.map((attribute) => [attribute.key, attribute]))
  for (const attribute of changes) {
    checkText('attributes', attribute.key, { min: 1, max: 64 })
    checkText('attributes', attribute.value, { min: 0, max: 1024 })
    if (attribute.value === '') all.delete(attribute.key)
    else all.set(attribute.key, attribute)
  }
  if (all.size > MAX_ATTRIBUTES) throw new RequestError('limit_reached', `A group has at most ${MAX_ATTRIBUTES} attributes.`)
  return [...all.values()]
}
