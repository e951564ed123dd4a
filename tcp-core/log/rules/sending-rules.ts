import { directPeer } from '../../../shared/conversation-id.ts'
import { RequestError } from '../../../shared/errors.ts'
import { checkConversationId, checkText, checkUserId, checkUserIds, invalidField } from '../../../shared/fields.ts'
import { ContactState, type Details, Role } from '../../../shared/gen/hawser.ts'
import type { Effect } from './effects.ts'
import type { Entry, Given } from './entry.ts'
import { leastRole } from './least-role.ts'
import { forbidden } from './refusals.ts'
import { actingInGroup, inside } from './standing.ts'

const MAX_MENTIONS = 50
const MAX_ATTRIBUTES = 16

/** Throws RequestError if the user who acts may not send `details` here now. */
export function checkMessage(given: Given, entry: Entry, details: Details | undefined): void {
  checkMayWrite(given, entry)
  if (!details) return
  checkMentioning(given, entry, details)
  checkDetails(entry, details)
}

/** What the details say is kept where it is looked for. */
export function keepDetails(given: Given, entry: Entry, { mentions, mentionAll, thread, expiresAt }: Details): Effect[] {
  const users = inside(given, entry, mentions)
  const effects: Effect[] = []
  if (users.length > 0 || mentionAll) effects.push({ kind: 'mentions', users, all: mentionAll })
  if (thread > 0) effects.push({ kind: 'thread', thread })
  if (expiresAt > 0) effects.push({ kind: 'expires', at: expiresAt })
  return effects
}

function checkDetails(entry: Entry, { replyTo, thread, expiresAt, forward }: Details): void {
  // Who forwards need not say from where, or from whom.
  if (forward && forward.conversationId !== '') checkConversationId('forward', forward.conversationId)
  if (forward && forward.sender !== '') checkUserId('forward', forward.sender)
  if (replyTo >= entry.seq) throw invalidField('reply_to', 'is no message before this one')
  if (thread >= entry.seq) throw invalidField('thread', 'is no message before this one')
  if (expiresAt > 0 && expiresAt <= entry.at) throw invalidField('expires_at', 'is over already')
}

type Mentioning = Pick<Details, 'mentions' | 'mentionAll' | 'attributes'>

/** What an edit may give a message as well (M1). Throws RequestError if the user who acts may not mention all, or where there is too much of it. */
export function checkMentioning(given: Given, entry: Entry, { mentions, mentionAll, attributes }: Mentioning): void {
  if (mentionAll && entry.kind === 'group') {
    const { group, member } = actingInGroup(given, entry)
    if (member.role < leastRole(group.profile.settings, 'mentionAll')) throw forbidden('mention all')
  }
  if (mentions.length > MAX_MENTIONS) throw invalidField('mentions', `has ${mentions.length} names; at most ${MAX_MENTIONS} are taken`)
  checkUserIds('mentions', mentions)
  if (attributes.length > MAX_ATTRIBUTES) throw invalidField('attributes', `are ${attributes.length}; at most ${MAX_ATTRIBUTES} are taken`)
  for (const { key, value } of attributes) {
    checkText('attributes', key, { min: 1, max: 64 })
    checkText('attributes', value, { min: 0, max: 1024 })
  }
}

/** Throws RequestError if the user who acts may not say anything here now: neither by a message nor by an edit. */
export function checkMayWrite(given: Given, entry: Entry): void {
  switch (entry.kind) {
    case 'direct':
      return checkDirect(given, entry)
    case 'group':
      return checkInGroup(given, entry)
    case 'own':
      throw forbidden('send messages into your own conversation; it keeps preferences')
  }
}

function checkDirect({ facts, rules }: Given, { conversationId, actor }: Entry): void {
  const peer = directPeer(conversationId, actor)
  if (peer === undefined || peer === actor) return
  if (facts.isBlocked(peer, actor)) throw new RequestError('blocked', `"${peer}" does not take messages of yours.`)
  if (facts.isBlocked(actor, peer)) throw new RequestError('blocked', `You have blocked "${peer}".`)
  if (rules.messagesFrom === 'contacts' && facts.contact(conversationId, actor) !== ContactState.CONTACT) {
    throw new RequestError('forbidden', `"${peer}" is not a contact of yours.`)
  }
}

function checkInGroup(given: Given, entry: Entry): void {
  const { group, member } = actingInGroup(given, entry)
  if (member.role < leastRole(group.profile.settings, 'send')) throw forbidden('send messages')
  const mutedUntil = Math.max(member.mutedUntil, member.role < Role.ADMIN ? group.mutedUntil : 0)
  if (mutedUntil > entry.at) throw new RequestError('muted', 'You may not send here for now.', { retryAfterMs: mutedUntil - entry.at })
}
