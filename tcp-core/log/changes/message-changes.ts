import { RequestError } from '../../../shared/errors.ts'
import { checkId, checkText } from '../../../shared/fields.ts'
import { type Edit, type EditedDetails, type Pin, type React, type Recall, Role } from '../../../shared/gen/hawser.ts'
import { reactionKey } from '../../../shared/reaction-key.ts'
import type { LogRules } from '../log-rules.ts'
import { EXPIRED, RECALLED } from '../message-flags.ts'
import { leastRole } from '../rules/least-role.ts'
import { forbidden } from '../rules/refusals.ts'
import type { MemberRow } from '../sqlite/member-table.ts'
import type { TargetRow } from '../sqlite/message-table.ts'
import type { Tables } from '../sqlite/tables.ts'
import { actingInAnyGroup, actingInGroup, actingMember, type Entry } from './entry.ts'
import { checkMayWrite, checkMentioning, keepMentions } from './send-rules.ts'

const MAX_PINS = 100
const MAX_REACTIONS = 50
/** Of one message: all of them are blanked at once when it is taken back. */
const MAX_EDITS = 100

/** What is done to a message after it was sent (docs/PROTOCOL.md, "Messages after sending"). */
export class MessageChanges {
  readonly #tables: Tables
  readonly #rules: LogRules

  constructor(tables: Tables, rules: LogRules) {
    this.#tables = tables
    this.#rules = rules
  }

  edit(entry: Entry, { seq, contentType, content, details }: Edit): void {
    const { target } = this.#target(entry, seq)
    checkId('content_type', contentType, { min: 1, max: 128 })
    if (target.sender !== entry.actor) throw forbidden("edit another's message")
    this.#checkTime(entry, target, 'editSeconds')
    checkMayWrite(this.#tables, this.#rules, entry)
    if (details) checkMentioning(this.#tables, entry, details)
    if (this.#tables.messages.editCount(target.id) >= MAX_EDITS) {
      throw new RequestError('limit_reached', `A message is edited at most ${MAX_EDITS} times.`)
    }
    this.#tables.messages.edit(target.id, entry.id, { at: entry.at, contentType, content })
    if (details) this.#editDetails(entry, target, details)
  }

  /** M1: in the place of what the message had of it. */
  #editDetails({ conversation }: Entry, { id, seq }: TargetRow, details: EditedDetails): void {
    const { messages } = this.#tables
    const place = { conversation: conversation.id, seq }
    messages.unmention(id)
    messages.setDetails(id, details, keepMentions(this.#tables, place, details))
  }

  recall(entry: Entry, { seq }: Recall): void {
    const { target, member } = this.#target(entry, seq, actingInAnyGroup)
    if (target.sender === entry.actor) this.#checkTime(entry, target, 'recallSeconds')
    else this.#checkMayRecall(entry, target, member)
    this.#tables.messages.recall(target, entry.id, { by: entry.actor, at: entry.at })
  }

  react(entry: Entry, { seq, key: given, removed }: React): void {
    const key = reactionKey(given)
    const { messages } = this.#tables
    const { target } = this.#target(entry, seq, removed ? actingInAnyGroup : actingInGroup)
    checkText('key', key, { min: 1, max: 64 })
    // M3: any text is a reaction, which one who is blocked has no other way to say; what he has said he may take back.
    const takesBack = removed && messages.hasReacted(target.id, key, entry.actor)
    if (!takesBack && entry.conversation.kind === 'direct') checkMayWrite(this.#tables, this.#rules, entry)
    if (!takesBack && entry.conversation.kind === 'group') actingInGroup(this.#tables, entry)
    if (removed) return messages.unreact(target.id, key, entry.actor)
    const kinds = messages.kinds(target.id, key)
    if (kinds.count >= MAX_REACTIONS && !kinds.has) {
      throw new RequestError('limit_reached', `A message has at most ${MAX_REACTIONS} kinds of reactions.`)
    }
    messages.react(target.id, key, entry.actor)
  }

  pin(entry: Entry, { seq, removed }: Pin): void {
    const { target, member } = this.#target(entry, seq)
    const group = this.#tables.groups.find(entry.conversation.id)
    if (group && member.role < leastRole(group.profile.settings, 'pin')) throw forbidden('pin messages')
    const { messages } = this.#tables
    if (removed) return messages.unpin(entry.conversation.id, target)
    const pinned = messages.pinned(entry.conversation.id)
    if (pinned.length >= MAX_PINS && !pinned.includes(seq)) {
      const oldest = messages.find(entry.conversation.id, pinned[0] as number)
      if (!oldest || oldest.seq > member.from_seq) {
        throw new RequestError('limit_reached', `A conversation has at most ${MAX_PINS} pinned messages.`)
      }
      // It is of before this member's time: where all who saw it are gone, nobody else could take it away.
      messages.unpin(entry.conversation.id, oldest)
    }
    messages.pin(entry.conversation.id, target)
  }

  /** A message that is there and that the user who acts may see. */
  #target(entry: Entry, seq: number, acting = actingInGroup): { target: TargetRow; member: MemberRow } {
    const { conversation } = entry
    const member = conversation.kind === 'group' ? acting(this.#tables, entry).member : actingMember(this.#tables, entry)
    const target = this.#tables.messages.find(conversation.id, seq)
    const gone = !target || target.is_change === 1 || (target.flags & (RECALLED | EXPIRED)) !== 0
    if (gone || seq <= member.from_seq) throw new RequestError('message_unknown', `There is no message ${seq} here.`, { field: 'seq' })
    return { target, member }
  }

  /** A group may say how long; else the installation does. */
  #checkTime(entry: Entry, target: TargetRow, which: 'editSeconds' | 'recallSeconds'): void {
    const group = this.#tables.groups.find(entry.conversation.id)
    const seconds = group?.profile.settings?.[which] || this.#rules[which]
    if (entry.at - target.sent_at > seconds * 1000) {
      throw new RequestError('too_late', `A message can be changed for ${seconds} s after it was sent.`, { field: 'seq' })
    }
  }

  #checkMayRecall(entry: Entry, target: TargetRow, member: MemberRow): void {
    const group = this.#tables.groups.find(entry.conversation.id)
    const theirs = this.#tables.members.find(target.sender, entry.conversation.id)
    const theirRole = theirs?.until_seq === null ? theirs.role : Role.MEMBER
    if (!group || member.role < leastRole(group.profile.settings, 'recallOthers') || member.role <= theirRole) {
      throw forbidden("take back another's message")
    }
  }
}
