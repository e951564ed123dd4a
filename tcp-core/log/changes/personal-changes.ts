import { conversationIdFault, conversationKind, directPeer } from '../../../shared/conversation-id.ts'
import { RequestError } from '../../../shared/errors.ts'
import { checkLines, checkText, checkUserId, invalidField } from '../../../shared/fields.ts'
import { type Block, type Contact, ContactState, ContactStep, type Preference, type Status } from '../../../shared/gen/hawser.ts'
import { forbidden, noConversation, unknownConversation } from '../rules/refusals.ts'
import type { Tables } from '../sqlite/tables.ts'
import type { Entry } from './entry.ts'

const MAX_BLOCKS = 10_000
const MAX_DRAFT_BYTES = 16 * 1024

/** What a user decides for himself, and what two decide about each other (docs/PROTOCOL.md, "People"). */
export class PersonalChanges {
  readonly #tables: Tables

  constructor(tables: Tables) {
    this.#tables = tables
  }

  preference(entry: Entry, body: Preference): void {
    checkOwn(entry)
    const { conversationId } = body
    const conversation = this.#conversationOf(entry, conversationId)
    if (body.draft !== undefined) checkLines('draft', body.draft, { min: 0, max: MAX_DRAFT_BYTES })
    this.#tables.preferences.set(entry.actor, conversation.id, body)
    if (body.clearedSeq !== undefined) {
      this.#tables.members.clear(entry.actor, conversation.id, Math.min(body.clearedSeq, conversation.lastSeq))
    }
  }

  block(entry: Entry, { user, removed }: Block): void {
    checkOwn(entry)
    const { names, relations } = this.#tables
    const known = names.knownUser(user)
    // Whoever was blocked under a name that is none today can be let in again.
    if (!removed || known === undefined) checkUserId('user', user)
    if (user === entry.actorName) throw invalidField('user', 'is the one who blocks')
    if (removed) return known === undefined ? undefined : relations.unblock(entry.actor, known)
    const other = known ?? names.user(user)
    if (!relations.isBlocked(entry.actor, other) && relations.blockCount(entry.actor) >= MAX_BLOCKS) {
      throw new RequestError('limit_reached', `A user blocks at most ${MAX_BLOCKS} others.`)
    }
    relations.block(entry.actor, other)
  }

  status(entry: Entry, status: Status): void {
    checkOwn(entry)
    const { text } = status
    if (text !== undefined) checkText('text', text, { min: 0, max: 256 })
    this.#tables.relations.setStatus(entry.actor, status)
  }

  /** P3: one asks, the other accepts or declines, either ends it. */
  contact(entry: Entry, { step, note }: Contact): void {
    const peer = directPeer(entry.conversation.name, entry.actorName)
    if (peer === undefined || peer === entry.actorName) throw forbidden('ask for a contact here')
    checkText('note', note, { min: 0, max: 512 })
    const { relations, names } = this.#tables
    // P2: to end it, without a word, is no request.
    const ends = (step === ContactStep.DECLINE || step === ContactStep.REMOVE) && note === ''
    if (!ends && relations.isBlocked(names.user(peer), entry.actor)) {
      throw new RequestError('blocked', `"${peer}" does not take requests of yours.`)
    }
    const state = relations.contact(entry.conversation.id, entry.actor)
    relations.setContact(entry.conversation.id, entry.actor, nextState(state, step))
  }

  /** Also one that the user was in: up to where it was his. */
  #conversationOf(entry: Entry, conversationId: string): { id: number; lastSeq: number } {
    const { names, members } = this.#tables
    const conversation = names.conversation(conversationId) ?? this.#newDirect(entry, conversationId)
    const member = members.find(entry.actor, conversation.id)
    if (!member) throw unknownConversation()
    return { id: conversation.id, lastSeq: member.until_seq ?? conversation.lastSeq }
  }

  /** A draft may be the first thing in a 1:1 conversation. */
  #newDirect({ actorName }: Entry, conversationId: string): { id: number; lastSeq: number } {
    const isTheirs = conversationKind(conversationId) === 'direct' && directPeer(conversationId, actorName) !== undefined
    if (!isTheirs || conversationIdFault(conversationId)) throw noConversation(conversationId)
    return this.#tables.names.conversationOrNew(conversationId)
  }
}

function checkOwn({ conversation }: Entry): void {
  if (conversation.kind !== 'own') throw forbidden('keep that here: it belongs into your own conversation')
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
