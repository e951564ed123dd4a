import { isGroupId } from '../../../shared/conversation-id.ts'
import { RequestError } from '../../../shared/errors.ts'
import { checkLines, checkText } from '../../../shared/fields.ts'
import { type Attribute, type GroupCreate, type GroupUpdate, Role } from '../../../shared/gen/hawser.ts'
import type { Effect } from './effects.ts'
import type { Entry, Given } from './entry.ts'
import { forbidden } from './refusals.ts'
import { mayAct, ownerOnly } from './standing.ts'
import { checkMayAdd, checkRoom, dayOf, namedUsers } from './users.ts'

const MAX_ATTRIBUTES = 32

/** G1 */
export function create(given: Given, entry: Entry, body: GroupCreate): Effect[] {
  if (!isGroupId(entry.conversationId) || entry.seq !== 1) {
    throw new RequestError('conversation_exists', 'There is a conversation of this id already.', { field: 'conversation_id' })
  }
  checkProfile(body)
  const attributes = merged([], body.attributes)
  const users = namedUsers(given, entry, body.members).filter((user) => user !== entry.actor)
  const memberCount = 1 + users.length
  checkRoom(given, memberCount)
  checkMayAdd(given, entry, users)
  const profile = { ...body, attributes, members: [] }
  return [
    { kind: 'group', group: { profile, memberCount, mutedUntil: 0, dissolved: false }, owner: entry.actor },
    { kind: 'began', users: [entry.actor], role: Role.OWNER, fromSeq: 0 },
    { kind: 'began', users, role: Role.MEMBER, fromSeq: 0 },
    { kind: 'allowance', users, day: dayOf(entry.at) },
  ]
}

export function update(given: Given, entry: Entry, body: GroupUpdate): Effect[] {
  const { group, member } = mayAct(given, entry, { act: 'update', what: 'change what the group is called' })
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
  return [{ kind: 'group', group: { ...group, profile: next } }]
}

export function dissolve(given: Given, entry: Entry): Effect[] {
  ownerOnly(given, entry, 'dissolve the group')
  return [{ kind: 'dissolved' }]
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
