import { RequestError } from '../../../shared/errors.ts'
import { checkUserId, checkUserIds, invalidField } from '../../../shared/fields.ts'
import { AddedBy } from '../../../shared/gen/hawser.ts'
import type { Entry, Given } from './entry.ts'
import type { Member } from './facts.ts'
import { forbidden } from './refusals.ts'

/** Users that one change may name, so that no change is large. */
const MAX_USERS = 500
const DAY_MS = 86_400_000
const DEFAULT_ADDED_BY = {
  everyone: AddedBy.ADDED_BY_EVERYONE,
  contacts: AddedBy.ADDED_BY_CONTACTS,
  nobody: AddedBy.ADDED_BY_NOBODY,
} as const

const NONE: ReadonlySet<string> = new Set()

/** Of UTC, since 1970. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS)
}

export function checkCount(users: readonly string[]): void {
  if (users.length > MAX_USERS) throw invalidField('users', `has ${users.length} names; at most ${MAX_USERS} are taken`)
}

/** The users named, each once. Nobody is put into a group by one whom he has blocked. */
export function namedUsers({ facts }: Given, { actor }: Entry, names: readonly string[]): string[] {
  checkCount(names)
  checkUserIds('users', names)
  const users = [...new Set(names)]
  const [blocking] = facts.blocking(users, actor)
  if (blocking === undefined) return users
  throw new RequestError('blocked', `"${blocking}" does not take invitations of yours.`, { field: 'users' })
}

/** Those named, each once, if all are members of a lower role than the one who acts. */
export function lowerMembers({ facts }: Given, entry: Entry, { role }: Member, names: readonly string[], field = 'users'): string[] {
  checkCount(names)
  const members = facts.members(entry.conversationId, names)
  const users = [...new Set(names)]
  for (const user of users) {
    const member = members.get(user)
    if (!member) {
      // After the look: whoever came in under a name that is none today can be taken out.
      checkUserId(field, user)
      throw new RequestError('field_invalid', `"${user}" is not a member.`, { field })
    }
    if (member.role >= role) throw forbidden(`do that to "${user}"`)
  }
  return users
}

/** G10: what each says of who may put him into a group, and how often that may be. */
export function checkMayAdd({ facts, rules }: Given, { actor, at }: Entry, users: readonly string[]): void {
  const { addedBy, maxAddedADay, maxGroupsAddedTo, maxAddsADay } = rules
  const allowances = facts.allowances([actor, ...users])
  const addedByOf = (user: string): AddedBy => allowances.get(user)?.addedBy || DEFAULT_ADDED_BY[addedBy]
  const byContacts = users.filter((user) => addedByOf(user) === AddedBy.ADDED_BY_CONTACTS)
  const contacts = byContacts.length === 0 ? NONE : facts.contacts(actor, byContacts)
  for (const user of users) {
    if (addedByOf(user) === AddedBy.ADDED_BY_EVERYONE || contacts.has(user)) continue
    throw new RequestError('forbidden', `"${user}" is not put into groups by you.`, { field: 'users' })
  }
  const today = dayOf(at)
  const own = allowances.get(actor)
  if ((own?.day === today ? own.adds : 0) + users.length > maxAddsADay) {
    throw new RequestError('limit_reached', `A user puts at most ${maxAddsADay} others into groups in a day.`, { field: 'users' })
  }
  for (const user of users) {
    const theirs = allowances.get(user)
    if (!theirs || (theirs.groups < maxGroupsAddedTo && (theirs.day !== today || theirs.added < maxAddedADay))) continue
    throw new RequestError('limit_reached', `"${user}" has been put into as many groups as may be for now.`, { field: 'users' })
  }
}

export function checkRoom({ rules: { maxGroupMembers } }: Given, members: number): void {
  if (members > maxGroupMembers) throw new RequestError('limit_reached', `A group has at most ${maxGroupMembers} members.`)
}
