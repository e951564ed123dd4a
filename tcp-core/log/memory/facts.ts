import { directConversationId } from '../../../shared/conversation-id.ts'
import { ContactState, type Role } from '../../../shared/gen/hawser.ts'
import { EXPIRED, RECALLED } from '../message-flags.ts'
import { contactState } from '../reads/contact-state.ts'
import type { Allowance, Facts, Group, Member, Scheduled, Target } from '../rules/facts.ts'
import type { MemoryConversation, MemoryEntry, MemoryState } from './state.ts'

/** What the rules read, out of memory. */
export class MemoryFacts implements Facts {
  readonly #state: MemoryState

  constructor(state: MemoryState) {
    this.#state = state
  }

  conversation(conversationId: string): { readonly lastSeq: number } | undefined {
    const conversation = this.#of(conversationId)
    return conversation && { lastSeq: conversation.entries.length }
  }

  isKnown(user: string): boolean {
    return this.#state.users.has(user)
  }

  member(conversationId: string, user: string): Member | undefined {
    const id = this.#state.users.get(user)?.id
    const row = id === undefined ? undefined : this.#of(conversationId)?.members.get(id)
    return row && { role: row.role, fromSeq: row.from_seq, untilSeq: row.until_seq ?? undefined, mutedUntil: row.muted_until }
  }

  members(conversationId: string, users: readonly string[]): ReadonlyMap<string, { readonly role: Role }> {
    const found = new Map<string, { readonly role: Role }>()
    for (const user of users) {
      const member = this.member(conversationId, user)
      if (member && member.untilSeq === undefined) found.set(user, { role: member.role })
    }
    return found
  }

  group(conversationId: string): Group | undefined {
    return this.#of(conversationId)?.group
  }

  owner(conversationId: string): string {
    const owner = this.#of(conversationId)?.group?.owner
    return owner === undefined ? '' : (this.#state.userBy(owner)?.name ?? '')
  }

  banned(conversationId: string, users: readonly string[]): readonly string[] {
    const bans = this.#of(conversationId)?.bans
    return users.filter((user) => bans?.has(this.#state.users.get(user)?.id ?? 0))
  }

  banCount(conversationId: string): number {
    return this.#of(conversationId)?.bans.size ?? 0
  }

  allowances(users: readonly string[]): ReadonlyMap<string, Allowance> {
    return new Map(
      users.flatMap((name) => {
        const user = this.#state.users.get(name)
        return user ? [[name, user.allowance] as const] : []
      }),
    )
  }

  isBlocked(user: string, other: string): boolean {
    const id = this.#state.users.get(other)?.id
    return id !== undefined && this.#state.users.get(user)?.blocked.has(id) === true
  }

  blocking(users: readonly string[], other: string): readonly string[] {
    return users.filter((user) => this.isBlocked(user, other))
  }

  blockCount(user: string): number {
    return this.#state.users.get(user)?.blocked.size ?? 0
  }

  contact(conversationId: string, user: string): ContactState {
    return contactState(this.#state.users.get(user)?.id ?? 0, this.#of(conversationId)?.contact)
  }

  contacts(user: string, others: readonly string[]): ReadonlySet<string> {
    return new Set(others.filter((other) => this.contact(directConversationId(user, other), user) === ContactState.CONTACT))
  }

  target(conversationId: string, seq: number): Target | undefined {
    const entry = this.#entry(conversationId, seq)
    return (
      entry && {
        seq,
        sender: entry.sender,
        sentAt: entry.sent_at,
        isChange: entry.change !== null,
        isGone: (entry.flags & (RECALLED | EXPIRED)) !== 0,
      }
    )
  }

  editCount(conversationId: string, seq: number): number {
    return this.#entry(conversationId, seq)?.edits.length ?? 0
  }

  hasReacted(conversationId: string, seq: number, { key, user }: { readonly key: string; readonly user: string }): boolean {
    const id = this.#state.users.get(user)?.id
    return id !== undefined && this.#entry(conversationId, seq)?.reactions.get(key)?.has(id) === true
  }

  reactionKinds(conversationId: string, seq: number, key: string): { readonly count: number; readonly has: boolean } {
    const reactions = this.#entry(conversationId, seq)?.reactions
    return { count: reactions?.size ?? 0, has: reactions?.has(key) ?? false }
  }

  pinned(conversationId: string): readonly number[] {
    return [...(this.#of(conversationId)?.pins ?? [])].toSorted((a, b) => a - b)
  }

  scheduled(user: string, clientMessageId: string): Scheduled | undefined {
    const sender = this.#state.users.get(user)?.id
    return [...this.#state.scheduled.values()].find((kept) => kept.sender === sender && kept.clientMessageId === clientMessageId)
  }

  scheduledCount(user: string): number {
    const sender = this.#state.users.get(user)?.id
    return [...this.#state.scheduled.values()].filter((kept) => kept.sender === sender).length
  }

  #of(conversationId: string): MemoryConversation | undefined {
    return this.#state.conversations.get(conversationId)
  }

  #entry(conversationId: string, seq: number): MemoryEntry | undefined {
    return this.#of(conversationId)?.entries[seq - 1]
  }
}
