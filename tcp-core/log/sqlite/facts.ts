import { directConversationId } from '../../../shared/conversation-id.ts'
import { ContactState, type Role } from '../../../shared/gen/hawser.ts'
import { EXPIRED, RECALLED } from '../message-flags.ts'
import type { Allowance, Facts, Group, Member, Scheduled, Target } from '../rules/facts.ts'
import type { ScheduledTable } from './scheduled-table.ts'
import type { Tables } from './tables.ts'

const NOBODY: ReadonlyMap<string, { readonly role: Role }> = new Map()

/** What the rules read, out of the tables. */
export class SqliteFacts implements Facts {
  readonly #tables: Tables
  readonly #scheduled: ScheduledTable
  /** The entry that was looked for last: what is decided of it is written next. */
  #found: { conversation: number; seq: number; row: number } | undefined

  constructor(tables: Tables, scheduled: ScheduledTable) {
    this.#tables = tables
    this.#scheduled = scheduled
  }

  conversation(conversationId: string): { readonly lastSeq: number } | undefined {
    return this.#tables.names.conversation(conversationId)
  }

  isKnown(user: string): boolean {
    return this.#user(user) !== undefined
  }

  member(conversationId: string, user: string): Member | undefined {
    const conversation = this.#row(conversationId)
    const id = this.#user(user)
    const row = conversation === undefined || id === undefined ? undefined : this.#tables.members.find(id, conversation)
    return row && { role: row.role, fromSeq: row.from_seq, untilSeq: row.until_seq ?? undefined, mutedUntil: row.muted_until }
  }

  members(conversationId: string, users: readonly string[]): ReadonlyMap<string, { readonly role: Role }> {
    const conversation = this.#row(conversationId)
    return conversation === undefined ? NOBODY : this.#tables.members.named(users, conversation)
  }

  group(conversationId: string): Group | undefined {
    const conversation = this.#row(conversationId)
    return conversation === undefined ? undefined : this.#tables.groups.find(conversation)
  }

  owner(conversationId: string): string {
    const conversation = this.#row(conversationId)
    const group = conversation === undefined ? undefined : this.#tables.groups.find(conversation)
    return group ? this.#tables.names.userName(group.owner) : ''
  }

  banned(conversationId: string, users: readonly string[]): readonly string[] {
    const conversation = this.#row(conversationId)
    return conversation === undefined ? [] : this.#tables.bans.among(users, conversation)
  }

  banCount(conversationId: string): number {
    const conversation = this.#row(conversationId)
    return conversation === undefined ? 0 : this.#tables.bans.count(conversation)
  }

  allowances(users: readonly string[]): ReadonlyMap<string, Allowance> {
    return this.#tables.allowances.of(users)
  }

  isBlocked(user: string, other: string): boolean {
    const { relations } = this.#tables
    // Most installations have no block, and need not look up names.
    if (!relations.hasBlocks) return false
    const id = this.#user(user)
    const otherId = this.#user(other)
    return id !== undefined && otherId !== undefined && relations.isBlocked(id, otherId)
  }

  blocking(users: readonly string[], other: string): readonly string[] {
    return this.#tables.relations.hasBlocks ? users.filter((user) => this.isBlocked(user, other)) : []
  }

  blockCount(user: string): number {
    const id = this.#user(user)
    return id === undefined ? 0 : this.#tables.relations.blockCount(id)
  }

  contact(conversationId: string, user: string): ContactState {
    const conversation = this.#row(conversationId)
    const id = this.#user(user)
    if (conversation === undefined || id === undefined) return ContactState.NO_CONTACT
    return this.#tables.relations.contact(conversation, id)
  }

  contacts(user: string, others: readonly string[]): ReadonlySet<string> {
    return new Set(others.filter((other) => this.contact(directConversationId(user, other), user) === ContactState.CONTACT))
  }

  target(conversationId: string, seq: number): Target | undefined {
    const conversation = this.#row(conversationId)
    const row = conversation === undefined ? undefined : this.#tables.messages.named(conversation, seq)
    if (conversation === undefined || !row) return undefined
    this.#found = { conversation, seq, row: row.id }
    return {
      seq,
      sender: row.sender_name,
      sentAt: row.sent_at,
      isChange: row.is_change === 1,
      isGone: (row.flags & (RECALLED | EXPIRED)) !== 0,
    }
  }

  editCount(conversationId: string, seq: number): number {
    const message = this.#message(conversationId, seq)
    return message === undefined ? 0 : this.#tables.messages.editCount(message)
  }

  hasReacted(conversationId: string, seq: number, reaction: { readonly key: string; readonly user: string }): boolean {
    const message = this.#message(conversationId, seq)
    const user = this.#user(reaction.user)
    return message !== undefined && user !== undefined && this.#tables.messages.hasReacted(message, reaction.key, user)
  }

  reactionKinds(conversationId: string, seq: number, key: string): { readonly count: number; readonly has: boolean } {
    const message = this.#message(conversationId, seq)
    return message === undefined ? { count: 0, has: false } : this.#tables.messages.kinds(message, key)
  }

  pinned(conversationId: string): readonly number[] {
    const conversation = this.#row(conversationId)
    return conversation === undefined ? [] : this.#tables.messages.pinned(conversation)
  }

  scheduled(user: string, clientMessageId: string): Scheduled | undefined {
    const id = this.#user(user)
    return id === undefined ? undefined : this.#scheduled.find(id, clientMessageId)
  }

  scheduledCount(user: string): number {
    const id = this.#user(user)
    return id === undefined ? 0 : this.#scheduled.count(id)
  }

  /** The row of an entry; undefined where it is not there. */
  messageRow(conversation: number, seq: number): number | undefined {
    if (this.#found?.conversation === conversation && this.#found.seq === seq) return this.#found.row
    return this.#tables.messages.find(conversation, seq)?.id
  }

  /** A transaction failed, and its rows are no more. */
  forget(): void {
    this.#found = undefined
  }

  #user(name: string): number | undefined {
    return this.#tables.names.knownUser(name)
  }

  #row(conversationId: string): number | undefined {
    return this.#tables.names.conversation(conversationId)?.id
  }

  #message(conversationId: string, seq: number): number | undefined {
    const conversation = this.#row(conversationId)
    return conversation === undefined ? undefined : this.messageRow(conversation, seq)
  }
}
