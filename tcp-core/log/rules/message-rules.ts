import { RequestError } from '../../../shared/errors.ts'
import { checkId } from '../../../shared/fields.ts'
import { type Edit, type Recall, Role } from '../../../shared/gen/hawser.ts'
import type { Effect } from './effects.ts'
import type { Entry, Given } from './entry.ts'
import type { Member, Target } from './facts.ts'
import { leastRole } from './least-role.ts'
import { forbidden } from './refusals.ts'
import { checkMayWrite, checkMentioning } from './sending-rules.ts'
import { actingInAnyGroup, inside } from './standing.ts'
import { targetOf } from './target.ts'

/** Of one message: all of them are blanked at once when it is taken back. */
const MAX_EDITS = 100

export function edit(given: Given, entry: Entry, { seq, contentType, content, details }: Edit): Effect[] {
  const { target } = targetOf(given, entry, seq)
  checkId('content_type', contentType, { min: 1, max: 128 })
  if (target.sender !== entry.actor) throw forbidden("edit another's message")
  checkTime(given, entry, target, 'editSeconds')
  checkMayWrite(given, entry)
  if (details) checkMentioning(given, entry, details)
  if (given.facts.editCount(entry.conversationId, seq) >= MAX_EDITS) {
    throw new RequestError('limit_reached', `A message is edited at most ${MAX_EDITS} times.`)
  }
  const edited: Effect = { kind: 'edited', seq, contentType, content }
  return details ? [edited, { kind: 'redetailed', seq, details, users: inside(given, entry, details.mentions) }] : [edited]
}

export function recall(given: Given, entry: Entry, { seq }: Recall): Effect[] {
  const { target, member } = targetOf(given, entry, seq, actingInAnyGroup)
  if (target.sender === entry.actor) checkTime(given, entry, target, 'recallSeconds')
  else checkMayRecall(given, entry, target, member)
  return [{ kind: 'recalled', seq }]
}

/** A group may say how long; else the installation does. */
function checkTime({ facts, rules }: Given, entry: Entry, target: Target, which: 'editSeconds' | 'recallSeconds'): void {
  const group = facts.group(entry.conversationId)
  const seconds = group?.profile.settings?.[which] || rules[which]
  if (entry.at - target.sentAt > seconds * 1000) {
    throw new RequestError('too_late', `A message can be changed for ${seconds} s after it was sent.`, { field: 'seq' })
  }
}

function checkMayRecall({ facts }: Given, { conversationId }: Entry, target: Target, member: Member): void {
  const group = facts.group(conversationId)
  const theirs = facts.member(conversationId, target.sender)
  const theirRole = theirs && theirs.untilSeq === undefined ? theirs.role : Role.MEMBER
  if (!group || member.role < leastRole(group.profile.settings, 'recallOthers') || member.role <= theirRole) {
    throw forbidden("take back another's message")
  }
}
