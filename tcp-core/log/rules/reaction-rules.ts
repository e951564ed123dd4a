import { RequestError } from '../../../shared/errors.ts'
import { checkText } from '../../../shared/fields.ts'
import type { Pin, React } from '../../../shared/gen/hawser.ts'
import { reactionKey } from '../../../shared/reaction-key.ts'
import type { Effect } from './effects.ts'
import type { Entry, Given } from './entry.ts'
import { leastRole } from './least-role.ts'
import { forbidden } from './refusals.ts'
import { checkMayWrite } from './sending-rules.ts'
import { actingInAnyGroup, actingInGroup } from './standing.ts'
import { targetOf } from './target.ts'

const MAX_PINS = 100
const MAX_REACTIONS = 50

export function react(given: Given, entry: Entry, { seq, key: sent, removed }: React): Effect[] {
  const { facts } = given
  const { conversationId, actor } = entry
  const key = reactionKey(sent)
  targetOf(given, entry, seq, removed ? actingInAnyGroup : actingInGroup)
  checkText('key', key, { min: 1, max: 64 })
  // M3: any text is a reaction, which one who is blocked has no other way to say; what he has said he may take back.
  const takesBack = removed && facts.hasReacted(conversationId, seq, { key, user: actor })
  if (!takesBack && entry.kind === 'direct') checkMayWrite(given, entry)
  if (!takesBack && entry.kind === 'group') actingInGroup(given, entry)
  if (removed) return [{ kind: 'unreacted', seq, key }]
  const kinds = facts.reactionKinds(conversationId, seq, key)
  if (kinds.count >= MAX_REACTIONS && !kinds.has) {
    throw new RequestError('limit_reached', `A message has at most ${MAX_REACTIONS} kinds of reactions.`)
  }
  return [{ kind: 'reacted', seq, key }]
}

export function pin(given: Given, entry: Entry, { seq, removed }: Pin): Effect[] {
  const { facts } = given
  const { conversationId } = entry
  const { member } = targetOf(given, entry, seq)
  const group = facts.group(conversationId)
  if (group && member.role < leastRole(group.profile.settings, 'pin')) throw forbidden('pin messages')
  if (removed) return [{ kind: 'unpinned', seq }]
  const pinned = facts.pinned(conversationId)
  const [oldest] = pinned
  if (oldest === undefined || pinned.length < MAX_PINS || pinned.includes(seq)) return [{ kind: 'pinned', seq }]
  if (oldest > member.fromSeq) throw new RequestError('limit_reached', `A conversation has at most ${MAX_PINS} pinned messages.`)
  // It is of before this member's time: where all who saw it are gone, nobody else could take it away.
  return [
    { kind: 'unpinned', seq: oldest },
    { kind: 'pinned', seq },
  ]
}
