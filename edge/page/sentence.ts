import { namedInText } from '../../shared/foreign-text.ts'
import { type Change, type Contact, ContactStep, type GroupUpdate, type Mute, Role } from '../../shared/gen/hawser.ts'
import { now } from './server-date.ts'
import { clockTime } from './time.ts'

/** Something done to a conversation, and by whom. */
export interface Deed {
  readonly by: string
  readonly change: Change
}

/** Whether a deed has a line of its own between the messages; what is done to a message shows on the message. */
export function hasLine({ create, update, add, join, leave, remove, ban, role, transfer, mute, dissolve, pin, contact }: Change): boolean {
  return (
    Boolean(create ?? update ?? add ?? join ?? leave ?? remove ?? ban ?? role ?? transfer ?? mute ?? dissolve ?? contact) ||
    pin?.removed === false
  )
}

/** A deed in words, as `self` would tell it. */
export function sentenceOf({ by, change }: Deed, self: string): string {
  // G11
  const who = by === self ? 'You' : by === '' ? 'An operator' : namedInText(by)
  const { create, update, add, join, leave, remove, ban, role, transfer, mute, dissolve, edit, recall, react, pin, contact } = change
  if (create) return `${who} made the group “${namedInText(create.name)}”`
  if (update) return `${who} ${updated(update)}`
  if (add) return `${who} added ${names(add.users, self)}`
  if (join) return `${who} joined`
  if (leave) return `${who} left`
  if (remove) return `${who} removed ${names(remove.users, self)}`
  if (ban) return `${who} ${ban.removed ? 'lets' : 'keeps'} ${names(ban.users, self)} ${ban.removed ? 'come again' : 'out'}`
  if (role) return `${who} made ${names([role.user], self)} ${role.role === Role.ADMIN ? 'an admin' : 'a member'}`
  if (transfer) return `${who} handed the group over to ${names([transfer.user], self)}`
  if (mute) return `${who} ${muted(mute, self)}`
  if (dissolve) return `${who} dissolved the group`
  if (edit) return `${who} edited a message`
  if (recall) return `${who} took back a message`
  if (react) return `${who} ${react.removed ? `took ${namedInText(react.key)} back` : `reacted with ${namedInText(react.key)}`}`
  if (pin) return `${who} ${pin.removed ? 'unpinned' : 'pinned'} a message`
  return contact ? `${who} ${stepped(contact)}` : 'Something was changed'
}

function updated({ name, description, avatar, settings }: GroupUpdate): string {
  if (name !== undefined) return `renamed the group to “${namedInText(name)}”`
  if (description !== undefined) return 'changed the description'
  if (avatar !== undefined) return 'changed the picture'
  return settings ? 'changed who may do what' : 'changed the group'
}

function muted({ users, until }: Mute, self: string): string {
  const whom = users.length === 0 ? 'everybody' : names(users, self)
  return until > now() ? `muted ${whom} until ${clockTime(until)}` : `lets ${whom} write again`
}

function stepped({ step }: Contact): string {
  switch (step) {
    case ContactStep.REQUEST:
      return 'asked to be contacts'
    case ContactStep.ACCEPT:
      return 'accepted: you are contacts now'
    case ContactStep.DECLINE:
      return 'declined'
    case ContactStep.REMOVE:
      return 'ended being contacts'
  }
}

/** As `Intl.ListFormat` has it, which not every browser does. */
function listed(all: readonly string[]): string {
  if (all.length < 3) return all.join(' and ')
  return `${all.slice(0, -1).join(', ')}, and ${all.at(-1)}`
}

function names(users: readonly string[], self: string): string {
  const told = users.slice(0, 4).map((user) => (user === self ? 'you' : namedInText(user)))
  return listed(users.length > 4 ? [...told, `${users.length - 4} more`] : told)
}
