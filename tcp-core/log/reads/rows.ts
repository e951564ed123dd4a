import type {
  Aftermath,
  ContactState,
  GroupCreate,
  Preference,
  PresenceAudience,
  Relation,
  Role,
  Scheduled,
} from '../../../shared/gen/hawser.ts'
import type { Placed } from './answer-items.ts'
import type { Found, Wanted, WordsWhere } from './wanted.ts'

/**
 * A store's own number of a user, a conversation or an entry. It says nothing outside of its store,
 * but that of two entries the later one has the higher, and that users are paged in its order.
 */
export type Key = number

export interface ConversationRow {
  readonly id: Key
  readonly epoch: number
  readonly last_seq: number
}

/** An entry of the log, as it is now. */
export interface MessageRow {
  readonly id: Key
  readonly seq: number
  readonly sender: string
  readonly client_message_id: string
  /** Milliseconds since 1970. */
  readonly sent_at: number
  readonly digest: number
  /** Those of message-flags.ts. */
  readonly flags: number
  readonly content_type: string
  readonly content: Uint8Array
  /** An encoded Details. */
  readonly details: Uint8Array | null
  /** An encoded Change. */
  readonly change: Uint8Array | null
}

/** An entry by its id alone, with where it stands. */
export interface FoundRow {
  readonly name: string
  readonly conversation: Key
  readonly seq: number
  readonly sender: string
  readonly client_message_id: string
  readonly sent_at: number
  readonly content_type: string
  /** Of its content. */
  readonly bytes: number
}

/** A conversation of a user's list, with the last entry that is the user's to see. */
export interface ListRow extends MessageRow {
  readonly name: string
  readonly epoch: number
  readonly conversation: Key
  readonly last_message: Key
}

/** A user in a conversation. Sequence numbers are those of the conversation; times milliseconds since 1970. */
export interface MemberRow {
  readonly user: Key
  readonly role: Role
  /** Exclusive: the user sees nothing up to here. */
  readonly from_seq: number
  /** The same by the user's own wish. */
  readonly cleared_seq: number
  /** Inclusive, and set once the user is no member any more. */
  readonly until_seq: number | null
  /** The entry there, and what the group was called then. */
  readonly until_message: Key | null
  readonly until_name: string | null
  readonly joined_at: number
  readonly muted_until: number
  readonly delivered_seq: number
  readonly read_seq: number
}

/** Whom a message to a group may concern. */
export interface AudienceRow {
  readonly user: Key
  readonly name: string
  readonly from_seq: number
  readonly until_seq: number | null
}

/** A member who has read a message. */
export interface ReaderRow {
  readonly name: string
  readonly user: Key
  readonly delivered_seq: number
  readonly read_seq: number
}

/** A group as it is now. Times in milliseconds since 1970. */
export interface GroupRow {
  /** What it was made with and changed to; without members. */
  readonly profile: GroupCreate
  readonly owner: number
  readonly memberCount: number
  readonly createdAt: number
  readonly mutedUntil: number
  readonly dissolved: boolean
}

export interface BanRow {
  readonly user: Key
  readonly name: string
  readonly banned_by: string
  readonly banned_at: number
}

export interface UserRows {
  knownUser(name: string): Key | undefined
  /** '' where there is none. */
  userName(user: Key): string
}

export interface ConversationRows {
  named(name: string): ConversationRow | undefined
  /** The user's conversations whose last visible entry is before `before`, the latest first. */
  listed(userName: string, before: Key, limit: number): IteratorObject<ListRow>
  /** The names of the same, with that entry; of one conversation only where it is named. */
  searched(userName: string, conversation: string, before: Key, limit: number): readonly { readonly name: string; readonly last: Key }[]
}

/** The log itself. */
export interface EntryRows {
  at(conversation: Key, seq: number): MessageRow | undefined
  /** The key of the entry there; 0 where there is none. */
  keyAt(conversation: Key, seq: number): Key
  /** The entry with that key, if it is one of the conversation's. */
  of(conversation: Key, entry: Key): MessageRow | undefined
  /** Those after `after` up to `upTo`, the latest first or the earliest. */
  between(conversation: Key, after: number, upTo: number, order: 'latest' | 'earliest'): IteratorObject<MessageRow>
  digestAt(conversation: Key, seq: number): number | undefined
  find(entry: Key): FoundRow | undefined
}

/** What has become of messages. */
export interface MessageRows {
  /** The entry that edited a message last, or took it back; 0 for none. */
  changedBy(message: Key): Key
  /** Of a message whose flags say that something has. */
  aftermath(message: { readonly id: Key; readonly flags: number }, user: Key): Aftermath
  reactors(message: Key, key: string, afterUser: Key, limit: number): readonly { readonly user: Key; readonly name: string }[]
  pinned(conversation: Key): readonly number[]
  /** The seqs of a thread's messages, without the one that began it. */
  thread(conversation: Key, thread: number, afterSeq: number, limit: number): readonly number[]
}

/** What is counted of a part of a conversation, as visibility.ts says what a user has not read. */
export interface UnreadWindow {
  readonly user: Key
  readonly conversation: Key
  /** Exclusive. */
  readonly after: number
  readonly upTo: number
  /** Milliseconds since 1970: what has disappeared by then is not counted. */
  readonly now: number
  /** What was edited after this entry is withheld, and not counted. */
  readonly untilMessage: Key | null
  /** No more are counted. */
  readonly limit: number
}

export interface UnreadRows {
  count(window: UnreadWindow): { readonly unread: number; readonly mentions: number }
}

export interface MemberRows {
  findByName(user: string, conversation: Key): MemberRow | undefined
  /** Members by their keys. */
  page(conversation: Key, afterUser: Key, limit: number): readonly (MemberRow & { readonly name: string })[]
  readers(conversation: Key, seq: number, afterUser: Key, limit: number): readonly ReaderRow[]
  /** How many of the members but one was a message shown to, and how many of them have it. */
  counts(conversation: Key, seq: number, butUser: Key): { readonly members: number; readonly readers: number; readonly receivers: number }
  /** How many of those counted one and the viewer have blocked the other. */
  hiddenCounts(
    conversation: Key,
    seq: number,
    but: { readonly butUser: Key; readonly viewer: Key },
  ): { readonly readers: number; readonly receivers: number }
  active(conversation: Key, afterUser: Key, limit: number): readonly AudienceRow[]
  /** Those who have left by that entry or a later one. */
  leftSince(conversation: Key, entry: Key): readonly AudienceRow[]
  /** The groups that the user is in now and that are not dissolved. */
  groupsOf(user: Key): readonly Key[]
  isInOneOf(user: Key, groups: readonly Key[]): boolean
}

export interface GroupRows {
  find(conversation: Key): GroupRow | undefined
}

export interface BanRows {
  page(conversation: Key, afterUser: Key, limit: number): readonly BanRow[]
}

export interface RelationRows {
  /** Somebody has blocked somebody. */
  readonly hasBlocks: boolean
  /** Whether `user` takes no messages of `other`. */
  isBlocked(user: Key, other: Key): boolean
  /** Whether either has blocked the other: neither is told where the other is (P2). */
  isBetween(a: Key, b: Key): boolean
  blockedBy(user: Key): string[]
  /** How the two of a 1:1 conversation stand, seen by `user`. */
  contact(conversation: Key, user: Key): ContactState
  status(user: Key): { readonly text: string; readonly audience: PresenceAudience; readonly last_seen: number } | undefined
  /** First the contacts, then those who are only blocked, from a place on that was given before; '' is the beginning. */
  of(user: { readonly id: Key; readonly name: string }, after: string): Iterable<Placed<Relation>>
}

export interface PreferenceRows {
  find(user: Key, conversation: Key, conversationId: string): Preference | undefined
}

export interface ScheduledRows {
  /** What waits, from a place on that was given before; '' is the beginning. */
  of(sender: Key, after: string): Iterable<Placed<Scheduled>>
}

/** By which words messages are found. */
export interface WordRows {
  find(wanted: Wanted, where: WordsWhere): Found
}

/** All that reads look at: the rows of one log, as they are at one moment. */
export interface LogRows {
  readonly users: UserRows
  readonly conversations: ConversationRows
  readonly entries: EntryRows
  readonly messages: MessageRows
  readonly unread: UnreadRows
  readonly members: MemberRows
  readonly groups: GroupRows
  readonly bans: BanRows
  readonly relations: RelationRows
  readonly preferences: PreferenceRows
  readonly scheduled: ScheduledRows
  readonly words: WordRows
}
