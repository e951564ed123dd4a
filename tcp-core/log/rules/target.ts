import { RequestError } from '../../../shared/errors.ts'
import type { Entry, Given } from './entry.ts'
import type { Member, Target } from './facts.ts'
import { actingInGroup, actingMember } from './standing.ts'

/** A message that is there and that the user who acts may see, and that user's membership. */
export function targetOf(given: Given, entry: Entry, seq: number, acting = actingInGroup): { target: Target; member: Member } {
  const member = entry.kind === 'group' ? acting(given, entry).member : actingMember(given, entry)
  const target = given.facts.target(entry.conversationId, seq)
  if (!target || target.isChange || target.isGone || seq <= member.fromSeq) {
    throw new RequestError('message_unknown', `There is no message ${seq} here.`, { field: 'seq' })
  }
  return { target, member }
}
