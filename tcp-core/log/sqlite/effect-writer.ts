import type { Effect } from '../rules/effects.ts'
import type { SqliteFacts } from './facts.ts'
import type { ConversationRow } from './name-tables.ts'
import type { ScheduledTable } from './scheduled-table.ts'
import type { Tables } from './tables.ts'

/** The owner of a group that has none. */
const NOBODY = 0

/** The entry whose effects are written. */
export interface Written {
  readonly conversation: ConversationRow
  readonly actor: number
  /** Its row, and its seq. */
  readonly id: number
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Writes what the rules have decided into the tables, in the transaction of the entry. */
export class EffectWriter {
  readonly #tables: Tables
  readonly #scheduled: ScheduledTable
  readonly #facts: SqliteFacts
  /** Several effects of one entry have the very same list. */
  #found: { readonly names: readonly string[]; readonly rows: number[] } | undefined

  constructor(tables: Tables, scheduled: ScheduledTable, facts: SqliteFacts) {
    this.#tables = tables
    this.#scheduled = scheduled
    this.#facts = facts
  }

  write(effect: Effect, entry: Written): void {
    const { names, groups, members, bans, allowances, messages, relations, preferences } = this.#tables
    const { conversation, actor, id, seq, at } = entry
    switch (effect.kind) {
      case 'group': {
        const before = groups.find(conversation.id)
        const owner = effect.owner === undefined ? (before?.owner ?? NOBODY) : effect.owner === null ? NOBODY : names.user(effect.owner)
        return groups.put(conversation.id, { ...effect.group, owner, createdAt: before?.createdAt ?? at })
      }
      case 'dissolved': {
        const before = groups.find(conversation.id)
        return before && groups.put(conversation.id, { ...before, dissolved: true })
      }
      case 'began': {
        const users = this.#users(effect.users)
        members.add(users, conversation.id, { role: effect.role, fromSeq: effect.fromSeq, at })
        return allowances.entered(users)
      }
      case 'ended': {
        const users = this.#users(effect.users)
        members.end(users, conversation.id, { seq, message: id, name: effect.name })
        return allowances.left(users)
      }
      case 'role':
        return members.setRole(names.user(effect.user), conversation.id, effect.role)
      case 'muted':
        return members.mute(this.#users(effect.users), conversation.id, effect.until)
      case 'banned':
        return bans.add(this.#users(effect.users), conversation.id, { user: actor, at })
      case 'unbanned':
        return bans.lift(effect.users, conversation.id)
      case 'allowance':
        return allowances.added(actor, this.#users(effect.users), effect.day)
      case 'mentions':
        this.#mention(effect.users, conversation.id, seq)
        return messages.flagMentions(id, { all: effect.all, some: effect.users.length > 0 })
      case 'thread':
        return messages.addToThread(conversation.id, effect.thread, seq)
      case 'expires':
        return messages.expireAt(id, effect.at)
      case 'edited':
        return messages.edit(this.#message(entry, effect.seq), id, { at, contentType: effect.contentType, content: effect.content })
      case 'redetailed': {
        const message = this.#message(entry, effect.seq)
        messages.unmention(message)
        this.#mention(effect.users, conversation.id, effect.seq)
        return messages.setDetails(message, effect.details, { all: effect.details.mentionAll, some: effect.users.length > 0 })
      }
      case 'recalled':
        return messages.recall({ id: this.#message(entry, effect.seq), seq: effect.seq }, id, { by: actor, at })
      case 'reacted':
        return messages.react(this.#message(entry, effect.seq), effect.key, actor)
      case 'unreacted':
        return messages.unreact(this.#message(entry, effect.seq), effect.key, actor)
      case 'pinned':
        return messages.pin(conversation.id, { id: this.#message(entry, effect.seq), seq: effect.seq })
      case 'unpinned':
        return messages.unpin(conversation.id, { id: this.#message(entry, effect.seq), seq: effect.seq })
      case 'contact':
        return relations.setContact(conversation.id, actor, effect.state)
      case 'blocked':
        return relations.block(actor, names.user(effect.user))
      case 'unblocked':
        return relations.unblock(actor, names.user(effect.user))
      case 'status':
        return relations.setStatus(actor, effect.status)
      case 'preference':
        return preferences.set(actor, names.conversationOrNew(effect.preference.conversationId).id, effect.preference)
      case 'cleared':
        return members.clear(actor, names.conversationOrNew(effect.conversationId).id, effect.seq)
      case 'scheduled':
        return this.#scheduled.add(actor, effect.clientMessageId, effect)
      case 'unscheduled':
        return this.#scheduled.remove(actor, effect.clientMessageId)
      case 'rescheduled':
        return this.#scheduled.reschedule(actor, effect)
      case 'unsent':
        return this.#scheduled.unsent(actor, effect)
    }
  }

  /** Their rows, made where they are new. */
  #users(names: readonly string[]): number[] {
    if (this.#found?.names === names) return this.#found.rows
    const table = this.#tables.names
    const rows = names.length === 1 ? names.map((name) => table.user(name)) : table.users(names).map(({ id }) => id)
    this.#found = { names, rows }
    return rows
  }

  #mention(users: readonly string[], conversation: number, seq: number): void {
    for (const user of users) this.#tables.messages.mention(this.#tables.names.user(user), conversation, seq)
  }

  #message({ conversation }: Written, seq: number): number {
    const row = this.#facts.messageRow(conversation.id, seq)
    if (row === undefined) throw new Error(`"${conversation.name}" has no entry ${seq}`)
    return row
  }
}
