import type { AddedBy, ContactState, GroupCreate, Role } from '../../../shared/gen/hawser.ts'

/** A user in a conversation. Sequence numbers are those of the conversation, times milliseconds since 1970. */
export interface Member {
  /** 0 in a 1:1 or own conversation. */
  readonly role: Role
  /** The user sees nothing up to here, inclusive. */
  readonly fromSeq: number
  /** The last seq that a former member sees; undefined for who is a member now. */
  readonly untilSeq: number | undefined
  readonly mutedUntil: number
}

/** A group as it is now. */
export interface Group {
  /** What it was made with and changed to; without members. */
  readonly profile: GroupCreate
  readonly memberCount: number
  /** Milliseconds since 1970; 0 where it is not muted. */
  readonly mutedUntil: number
  readonly dissolved: boolean
}

/** An entry that another one is about. */
export interface Target {
  readonly seq: number
  readonly sender: string
  /** Milliseconds since 1970. */
  readonly sentAt: number
  /** It is something done, not a message. */
  readonly isChange: boolean
  /** Its content was taken back, or has disappeared. */
  readonly isGone: boolean
}

/** How often a user was put into groups and has put others into some (G10). */
export interface Allowance {
  /** Who may put the user into a group; 0 where the user does not say. */
  readonly addedBy: AddedBy
  /** The day of the two counts that follow, of UTC, since 1970. */
  readonly day: number
  /** How often others have put the user into a group. */
  readonly added: number
  /** How many others the user has put into groups. */
  readonly adds: number
  /** How many groups the user is in. */
  readonly groups: number
}

/** A message that waits for its time. */
export interface Scheduled {
  /** Milliseconds since 1970. */
  readonly sendAt: number
  /** An encoded Send. */
  readonly send: Uint8Array
}

/**
 * What the rules read, row by row and at once: users and conversations by their names, entries
 * by (conversation, seq). It holds what the entries before have done, also those of the same
 * batch. An implementation that does not have a row yet may throw what is no RequestError, load
 * it and ask the rule again, because a rule writes nothing. What a rule needs of many users it
 * asks for at once.
 */
export interface Facts {
  /** Undefined where no entry and no draft has made it. */
  conversation(conversationId: string): { readonly lastSeq: number } | undefined
  /** Whether the log has met the user. */
  isKnown(user: string): boolean
  /** Also a former member. */
  member(conversationId: string, user: string): Member | undefined
  /** Those of the users that are members now. */
  members(conversationId: string, users: readonly string[]): ReadonlyMap<string, { readonly role: Role }>
  group(conversationId: string): Group | undefined
  /** The owner of a group that is there; '' for nobody. */
  owner(conversationId: string): string
  /** Those of the users whom the group keeps out, in their order. */
  banned(conversationId: string, users: readonly string[]): readonly string[]
  banCount(conversationId: string): number
  /** Of those of the users whom the log has met. */
  allowances(users: readonly string[]): ReadonlyMap<string, Allowance>
  /** Whether `user` has blocked `other`. */
  isBlocked(user: string, other: string): boolean
  /** Those of the users who have blocked `other`, in their order. */
  blocking(users: readonly string[], other: string): readonly string[]
  blockCount(user: string): number
  /** How the two of a 1:1 conversation stand, seen by `user`. */
  contact(conversationId: string, user: string): ContactState
  /** Those of the others who are contacts of `user`. */
  contacts(user: string, others: readonly string[]): ReadonlySet<string>
  target(conversationId: string, seq: number): Target | undefined
  /** How often the message at `seq`, which is there, was edited. */
  editCount(conversationId: string, seq: number): number
  hasReacted(conversationId: string, seq: number, reaction: { readonly key: string; readonly user: string }): boolean
  /** How many kinds of reactions the message at `seq` has, and whether `key` is one of them. */
  reactionKinds(conversationId: string, seq: number, key: string): { readonly count: number; readonly has: boolean }
  /** The seqs of pinned messages, the lowest first. */
  pinned(conversationId: string): readonly number[]
  scheduled(user: string, clientMessageId: string): Scheduled | undefined
  scheduledCount(user: string): number
}
