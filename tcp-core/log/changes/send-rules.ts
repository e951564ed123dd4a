import { directPeer } from '../../../shared/conversation-id.ts'
import { RequestError } from '../../../shared/errors.ts'
import { checkConversationId, checkText, checkUserId, checkUserIds, invalidField } from '../../../shared/fields.ts'
import { ContactState, type Details, Role } from '../../../shared/gen/hawser.ts'
import type { LogRules } from '../log-rules.ts'
import { MENTIONS, MENTIONS_ALL } from '../message-flags.ts'
import { leastRole } from '../rules/least-role.ts'
import { forbidden } from '../rules/refusals.ts'
import type { Tables } from '../sqlite/tables.ts'
import { actingInGroup, type Entry } from './entry.ts'

const MAX_MENTIONS = 50
const MAX_ATTRIBUTES = 16

/** Who may send a message where, and what its details bring with it. */
export class SendRules {
  readonly #tables: Tables
  readonly #rules: LogRules

  constructor(tables: Tables, rules: LogRules) {
    this.#tables = tables
    this.#rules = rules
  }

  /** Nothing is looked up for a 1:1 message where nobody has blocked anybody and everybody may write. */
  get directIsFree(): boolean {
    return this.#rules.messagesFrom === 'everyone' && !this.#tables.relations.hasBlocks
  }

  /** Throws RequestError if the user who acts may not send `details` here now. */
  check(entry: Entry, details: Details | undefined): void {
    checkMayWrite(this.#tables, this.#rules, entry)
    if (!details) return
    checkMentioning(this.#tables, entry, details)
    this.#checkDetails(entry, details)
  }

  /** What the details say is kept where it is looked for. Gives the message's flags. */
  keep(entry: Entry, details: Details): number {
    const { conversation, seq, id } = entry
    const { messages } = this.#tables
    const flags = keepMentions(this.#tables, { conversation: conversation.id, seq }, details)
    if (details.thread > 0) messages.addToThread(conversation.id, details.thread, seq)
    if (details.expiresAt > 0) messages.expireAt(id, details.expiresAt)
    return flags
  }

  #checkDetails(entry: Entry, details: Details): void {
    const { replyTo, thread, expiresAt, forward } = details
    // Who forwards need not say from where, or from whom.
    if (forward && forward.conversationId !== '') checkConversationId('forward', forward.conversationId)
    if (forward && forward.sender !== '') checkUserId('forward', forward.sender)
    if (replyTo >= entry.seq) throw invalidField('reply_to', 'is no message before this one')
    if (thread >= entry.seq) throw invalidField('thread', 'is no message before this one')
    if (expiresAt > 0 && expiresAt <= entry.at) throw invalidField('expires_at', 'is over already')
  }
}

type Mentioning = Pick<Details, 'mentions' | 'mentionAll' | 'attributes'>

/** What an edit may give a message as well (M1). Throws RequestError if the user who acts may not mention all, or where there is too much of it. */
export function checkMentioning(tables: Tables, entry: Entry, { mentions, mentionAll, attributes }: Mentioning): void {
  if (mentionAll && entry.conversation.kind === 'group') {
    const { group, member } = actingInGroup(tables, entry)
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

/** Those mentioned who are there now. Gives the message's flags. */
export function keepMentions(
  { members, messages }: Tables,
  message: { conversation: number; seq: number },
  mentioning: Mentioning,
): number {
  const { conversation, seq } = message
  let flags = mentioning.mentionAll ? MENTIONS_ALL : 0
  for (const { user } of members.inside(mentioning.mentions, conversation)) {
    messages.mention(user, conversation, seq)
    flags |= MENTIONS
  }
  return flags
}

/** Throws RequestError if the user who acts may not say anything here now: neither by a message nor by an edit. */
export function checkMayWrite(tables: Tables, rules: LogRules, entry: Entry): void {
  switch (entry.conversation.kind) {
    case 'direct':
      return checkDirect(tables, rules, entry)
    case 'group':
      return checkInGroup(tables, entry)
    case 'own':
      throw forbidden('send messages into your own conversation; it keeps preferences')
  }
}

function checkDirect({ relations, names }: Tables, rules: LogRules, { conversation, actor, actorName }: Entry): void {
  const peer = directPeer(conversation.name, actorName)
  if (peer === undefined || peer === actorName) return
  if (relations.isBlocked(names.user(peer), actor)) throw new RequestError('blocked', `"${peer}" does not take messages of yours.`)
  if (relations.isBlocked(actor, names.user(peer))) throw new RequestError('blocked', `You have blocked "${peer}".`)
  if (rules.messagesFrom === 'contacts' && relations.contact(conversation.id, actor) !== ContactState.CONTACT) {
    throw new RequestError('forbidden', `"${peer}" is not a contact of yours.`)
  }
}

function checkInGroup(tables: Tables, entry: Entry): void {
  const { group, member } = actingInGroup(tables, entry)
  if (member.role < leastRole(group.profile.settings, 'send')) throw forbidden('send messages')
  const mutedUntil = Math.max(member.muted_until, member.role < Role.ADMIN ? group.mutedUntil : 0)
  if (mutedUntil > entry.at) throw new RequestError('muted', 'You may not send here for now.', { retryAfterMs: mutedUntil - entry.at })
}
