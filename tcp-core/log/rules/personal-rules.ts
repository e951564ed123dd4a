import { conversationIdFault, conversationKind, directPeer } from '../../../shared/conversation-id.ts'
import { RequestError } from '../../../shared/errors.ts'
import { checkLines, checkText, checkUserId, invalidField } from '../../../shared/fields.ts'
import { type Block, type Contact, ContactState, ContactStep, type Preference, type Status } from '../../../shared/gen/hawser.ts'
import type { Effect } from './effects.ts'
import { type Entry, type Given, isByName } from './entry.ts'
import { forbidden, noConversation, unknownConversation } from './refusals.ts'

const MAX_BLOCKS = 10_000
const MAX_DRAFT_BYTES = 16 * 1024

export function preference(given: Given, entry: Entry, body: Preference): Effect[] {
  checkOwn(entry)
  const { conversationId, clearedSeq } = body
  const lastSeq = lastSeqOf(given, entry, conversationId)
  if (body.draft !== undefined) checkLines('draft', body.draft, { min: 0, max: MAX_DRAFT_BYTES })
  const effect: Effect = { kind: 'preference', preference: body }
  if (clearedSeq === undefined) return [effect]
  return [effect, { kind: 'cleared', conversationId, seq: Math.min(clearedSeq, lastSeq) }]
}

export function block({ facts }: Given, entry: Entry, { user, removed }: Block): Effect[] {
  checkOwn(entry)
  const { actor } = entry
  const isKnown = facts.isKnown(user)
  // Whoever was blocked under a name that is none today can be let in again.
  if (!removed || !isKnown) checkUserId('user', user)
  if (user === actor) throw invalidField('user', 'is the one who blocks')
  if (removed) return isKnown ? [{ kind: 'unblocked', user }] : []
  if (!facts.isBlocked(actor, user) && facts.blockCount(actor) >= MAX_BLOCKS) {
    throw new RequestError('limit_reached', `A user blocks at most ${MAX_BLOCKS} others.`)
  }
  return [{ kind: 'blocked', user }]
}

export function status(entry: Entry, body: Status): Effect[] {
  checkOwn(entry)
  const { text } = body
  if (text !== undefined) checkText('text', text, { min: 0, max: 256 })
  return [{ kind: 'status', status: body }]
}

/** P3: one asks, the other accepts or declines, either ends it. */
export function contact({ facts }: Given, { conversationId, actor }: Entry, { step, note }: Contact): Effect[] {
  const peer = directPeer(conversationId, actor)
  if (peer === undefined || peer === actor) throw forbidden('ask for a contact here')
  checkText('note', note, { min: 0, max: 512 })
  // P2: to end it, without a word, is no request.
  const ends = (step === ContactStep.DECLINE || step === ContactStep.REMOVE) && note === ''
  if (!ends && facts.isBlocked(peer, actor)) throw new RequestError('blocked', `"${peer}" does not take requests of yours.`)
  return [{ kind: 'contact', state: nextState(facts.contact(conversationId, actor), step) }]
}

/** Up to where the conversation is, or was, the user's. A draft may be the first thing in a 1:1 conversation. */
function lastSeqOf({ facts }: Given, entry: Entry, conversationId: string): number {
  const { actor } = entry
  // The entry itself makes the user's own conversation.
  if (entry.isNew && conversationId === entry.conversationId && isByName(conversationId, 'own', actor)) return 0
  const conversation = facts.conversation(conversationId)
  if (conversation) {
    const member = facts.member(conversationId, actor)
    if (!member) throw unknownConversation()
    return member.untilSeq ?? conversation.lastSeq
  }
  const isTheirs = conversationKind(conversationId) === 'direct' && isByName(conversationId, 'direct', actor)
  if (!isTheirs || conversationIdFault(conversationId)) throw noConversation(conversationId)
  return 0
}

function checkOwn({ kind }: Entry): void {
  if (kind !== 'own') throw forbidden('keep that here: it belongs into your own conversation')
}

function nextState(state: ContactState, step: ContactStep): ContactState {
  const refused = (why: string) => new RequestError('forbidden', why, { field: 'step' })
  switch (step) {
    case ContactStep.REQUEST:
      if (state === ContactState.NO_CONTACT || state === ContactState.ASKED) return ContactState.ASKED
      // Both have asked: that is an agreement.
      if (state === ContactState.WAS_ASKED) return ContactState.CONTACT
      throw refused('You are contacts already.')
    case ContactStep.ACCEPT:
      if (state === ContactState.WAS_ASKED) return ContactState.CONTACT
      throw refused('Nothing was asked that could be accepted.')
    case ContactStep.DECLINE:
      if (state === ContactState.WAS_ASKED) return ContactState.NO_CONTACT
      throw refused('Nothing was asked that could be declined.')
    case ContactStep.REMOVE:
      if (state === ContactState.CONTACT || state === ContactState.ASKED) return ContactState.NO_CONTACT
      throw refused('You are not contacts.')
  }
}
