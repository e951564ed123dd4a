import { type Details, readDetails, type Status, writeChange, writeDetails } from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../../shared/protobuf-writer.ts'
import { EDITED, ERASED_EDIT, type EXPIRED, MENTIONS, MENTIONS_ALL, PINNED, REACTED, RECALLED } from '../message-flags.ts'
import type { Key } from '../reads/rows.ts'
import type { Effect } from '../rules/effects.ts'
import { type MemoryEntry, type MemoryScheduled, type MemoryState, type MemoryUser, newMember } from './state.ts'

/** The owner of a group that has none. */
const NOBODY = 0
const NO_DETAILS: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: 0 }
const EMPTY = new Uint8Array(0)
const writer = new ProtobufWriter()

/** The entry whose effects are written; one that waits for its time has none in the log. */
export interface Written {
  readonly conversationId: string
  readonly actor: MemoryUser
  readonly entry: MemoryEntry | undefined
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Writes what the rules have decided into memory. */
export class MemoryEffectWriter {
  readonly #state: MemoryState

  constructor(state: MemoryState) {
    this.#state = state
  }

  write(effect: Effect, written: Written): void {
    const { actor, at } = written
    switch (effect.kind) {
      case 'group': {
        const conversation = this.#conversation(written)
        const before = conversation.group
        const owner = effect.owner === undefined ? (before?.owner ?? NOBODY) : effect.owner === null ? NOBODY : this.#id(effect.owner)
        conversation.group = { ...effect.group, owner, createdAt: before?.createdAt ?? at }
        return
      }
      case 'dissolved': {
        const conversation = this.#conversation(written)
        if (conversation.group) conversation.group = { ...conversation.group, dissolved: true }
        return
      }
      case 'began':
        return this.#began(effect, written)
      case 'ended':
        for (const member of this.#members(written, effect.users)) {
          member.until_seq = this.#entry(written).seq
          member.until_message = this.#entry(written).id
          member.until_name = effect.name
          const user = this.#state.userBy(member.user)
          if (user) user.allowance.groups--
        }
        return
      case 'role':
        for (const member of this.#members(written, [effect.user])) member.role = effect.role
        return
      case 'muted':
        for (const member of this.#members(written, effect.users)) member.muted_until = effect.until
        return
      case 'banned': {
        const { bans } = this.#conversation(written)
        for (const user of effect.users) if (!bans.has(this.#id(user))) bans.set(this.#id(user), { by: actor.id, at })
        return
      }
      case 'unbanned':
        for (const user of effect.users) this.#conversation(written).bans.delete(this.#id(user))
        return
      case 'allowance':
        return this.#allowance(actor, effect.users, effect.day)
      case 'mentions':
        return this.#mention(this.#entry(written), effect)
      case 'thread': {
        const { threads } = this.#conversation(written)
        threads.set(effect.thread, [...(threads.get(effect.thread) ?? []), this.#entry(written).seq])
        return
      }
      case 'expires':
        this.#entry(written).expiresAt = effect.at
        return
      case 'edited': {
        const message = this.#message(written, effect.seq)
        message.content_type = effect.contentType
        message.content = effect.content
        message.flags |= EDITED
        message.edits.push(this.#entry(written))
        return changed(message, this.#entry(written).id, at, null)
      }
      case 'redetailed': {
        const message = this.#message(written, effect.seq)
        unmention(message)
        const { details } = message
        writer.reset()
        writeDetails(writer, { ...(details ? readDetails(new ProtobufReader(details)) : NO_DETAILS), ...effect.details })
        message.details = writer.finishAlone()
        return this.#mention(message, { users: effect.users, all: effect.details.mentionAll })
      }
      case 'recalled': {
        const message = this.#message(written, effect.seq)
        erase(message, RECALLED)
        return changed(message, this.#entry(written).id, at, actor.name)
      }
      case 'reacted': {
        const message = this.#message(written, effect.seq)
        const users = message.reactions.get(effect.key) ?? new Set<Key>()
        message.reactions.set(effect.key, users.add(actor.id))
        message.flags |= REACTED
        return
      }
      case 'unreacted': {
        const { reactions } = this.#message(written, effect.seq)
        const users = reactions.get(effect.key)
        users?.delete(actor.id)
        if (users?.size === 0) reactions.delete(effect.key)
        return
      }
      case 'pinned':
        this.#conversation(written).pins.add(effect.seq)
        this.#message(written, effect.seq).flags |= PINNED
        return
      case 'unpinned':
        this.#conversation(written).pins.delete(effect.seq)
        this.#message(written, effect.seq).flags &= ~PINNED
        return
      case 'contact':
        this.#conversation(written).contact = effect.state === 0 ? undefined : { state: effect.state, asked_by: actor.id }
        return
      case 'blocked':
        actor.blocked.add(this.#id(effect.user))
        return
      case 'unblocked':
        actor.blocked.delete(this.#id(effect.user))
        return
      case 'status':
        return setStatus(actor, effect.status)
      case 'preference': {
        const { conversationId, draft, mutedUntil, pinned, archived } = effect.preference
        const { preferences } = this.#state.conversation(conversationId)
        const kept = preferences.get(actor.id) ?? { conversationId, draft: '', mutedUntil: 0, pinned: false, archived: false }
        preferences.set(actor.id, {
          conversationId,
          draft: draft ?? kept.draft,
          mutedUntil: mutedUntil ?? kept.mutedUntil,
          pinned: pinned ?? kept.pinned,
          archived: archived ?? kept.archived,
        })
        return
      }
      case 'cleared': {
        const member = this.#state.conversation(effect.conversationId).members.get(actor.id)
        if (member) member.cleared_seq = Math.max(member.cleared_seq, effect.seq)
        return
      }
      case 'scheduled': {
        const id = ++this.#state.lastScheduled
        const { clientMessageId, sendAt, send } = effect
        const kept = { id, sender: actor.id, clientMessageId, sendAt, send, dueAt: sendAt, refusal: '', refusalMessage: '', tries: 0 }
        this.#state.scheduled.set(id, kept)
        return
      }
      case 'unscheduled':
        for (const { id } of this.#scheduled(actor, effect.clientMessageId)) this.#state.scheduled.delete(id)
        return
      case 'rescheduled':
        for (const kept of this.#scheduled(actor, effect.clientMessageId)) {
          Object.assign(kept, { sendAt: effect.sendAt, dueAt: effect.sendAt, refusal: '', refusalMessage: '', tries: 0 })
        }
        return
      case 'unsent':
        for (const kept of this.#scheduled(actor, effect.clientMessageId)) {
          const { code, message, nextTryAt } = effect
          Object.assign(kept, { dueAt: nextTryAt || undefined, refusal: code, refusalMessage: message, tries: kept.tries + 1 })
        }
        return
    }
  }

  #began({ users, role, fromSeq }: Extract<Effect, { kind: 'began' }>, written: Written): void {
    const { members } = this.#conversation(written)
    for (const name of users) {
      const user = this.#state.user(name)
      const member = members.get(user.id) ?? newMember(user.id)
      Object.assign(member, { role, from_seq: fromSeq, joined_at: written.at, until_seq: null, until_message: null, until_name: null })
      member.delivered_seq = Math.max(member.delivered_seq, fromSeq)
      member.read_seq = Math.max(member.read_seq, fromSeq)
      members.set(user.id, member)
      user.allowance.groups++
    }
  }

  #allowance(actor: MemoryUser, users: readonly string[], day: number): void {
    const today = ({ allowance }: MemoryUser) => {
      if (allowance.day !== day) Object.assign(allowance, { day, added: 0, adds: 0 })
      return allowance
    }
    today(actor).adds += users.length
    for (const user of users) today(this.#state.user(user)).added++
  }

  #mention(message: MemoryEntry, { users, all }: { readonly users: readonly string[]; readonly all: boolean }): void {
    const { mentions } = message.conversation
    message.flags &= ~(MENTIONS | MENTIONS_ALL)
    if (all) message.flags |= MENTIONS_ALL
    if (users.length > 0) message.flags |= MENTIONS
    for (const user of users) {
      const seqs = mentions.get(this.#id(user)) ?? new Set<number>()
      mentions.set(this.#id(user), seqs.add(message.seq))
    }
  }

  *#members(written: Written, users: readonly string[]) {
    const { members } = this.#conversation(written)
    for (const user of users) {
      const member = members.get(this.#id(user))
      if (member) yield member
    }
  }

  #scheduled({ id }: MemoryUser, clientMessageId: string): MemoryScheduled[] {
    return [...this.#state.scheduled.values()].filter((kept) => kept.sender === id && kept.clientMessageId === clientMessageId)
  }

  #conversation({ conversationId }: Written) {
    return this.#state.conversation(conversationId)
  }

  #entry({ entry }: Written): MemoryEntry {
    if (!entry) throw new Error('what waits for its time has no effect on the log')
    return entry
  }

  #message(written: Written, seq: number): MemoryEntry {
    const message = this.#conversation(written).entries[seq - 1]
    if (!message) throw new Error(`"${written.conversationId}" has no entry ${seq}`)
    return message
  }

  #id(user: string): Key {
    return this.#state.user(user).id
  }
}

function changed(message: MemoryEntry, by: Key, at: number, recalledBy: string | null): void {
  message.changedBy = by
  message.changedAt = at
  message.recalledBy = recalledBy
}

function setStatus(user: MemoryUser, { text, audience, addedBy }: Status): void {
  const before = user.status
  user.status = { text: text ?? before?.text ?? '', audience: audience ?? before?.audience ?? 0, last_seen: before?.last_seen ?? 0 }
  if (addedBy !== undefined) user.allowance.addedBy = addedBy
}

function unmention({ conversation, seq }: MemoryEntry): void {
  for (const seqs of conversation.mentions.values()) seqs.delete(seq)
}

/** Takes the content out of a message and of every edit of it; what is gone is also pinned no more. */
export function erase(message: MemoryEntry, flag: typeof RECALLED | typeof EXPIRED): void {
  unmention(message)
  Object.assign(message, { content_type: '', content: EMPTY, details: null })
  message.flags = (message.flags | flag) & ~PINNED
  message.conversation.pins.delete(message.seq)
  writer.reset()
  writeChange(writer, { edit: { seq: message.seq, contentType: '', content: EMPTY } })
  const blank = writer.finishAlone()
  for (const edit of message.edits) {
    edit.change = blank
    edit.flags |= ERASED_EDIT
  }
}
