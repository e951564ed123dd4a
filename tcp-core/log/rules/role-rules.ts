import { RequestError } from '../../../shared/errors.ts'
import { type Mute, Role, type RoleChange, type Transfer } from '../../../shared/gen/hawser.ts'
import type { Effect } from './effects.ts'
import type { Entry, Given } from './entry.ts'
import { mayAct, ownerOnly } from './standing.ts'
import { lowerMembers } from './users.ts'

export function role(given: Given, entry: Entry, body: RoleChange): Effect[] {
  const { member } = ownerOnly(given, entry, 'give roles')
  if (body.role !== Role.MEMBER && body.role !== Role.ADMIN) {
    throw new RequestError('field_invalid', '"role" is neither MEMBER nor ADMIN.', { field: 'role' })
  }
  const users = lowerMembers(given, entry, member, [body.user], 'user')
  const effect: Effect = { kind: 'role', user: body.user, role: body.role }
  return body.role === Role.ADMIN ? [effect, { kind: 'muted', users, until: 0 }] : [effect]
}

export function transfer(given: Given, entry: Entry, body: Transfer): Effect[] {
  const { group, member } = ownerOnly(given, entry, 'hand the group over')
  const users = lowerMembers(given, entry, member, [body.user], 'user')
  return [
    { kind: 'role', user: given.facts.owner(entry.conversationId), role: Role.ADMIN },
    { kind: 'role', user: body.user, role: Role.OWNER },
    // G7: nobody would be above the owner to lift it.
    { kind: 'muted', users, until: 0 },
    { kind: 'group', group, owner: body.user },
  ]
}

export function mute(given: Given, entry: Entry, { users, until }: Mute): Effect[] {
  const { group, member } = mayAct(given, entry, { act: 'mute', what: 'mute' })
  if (users.length === 0) return [{ kind: 'group', group: { ...group, mutedUntil: until } }]
  return [{ kind: 'muted', users: lowerMembers(given, entry, member, users), until }]
}
