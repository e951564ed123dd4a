import type { ErrorName } from '../../shared/codes.ts'
import type { Direction, PresenceAudience, Query, Send } from '../../shared/gen/hawser.ts'
import type { Follows } from './rules/follows.ts'
import type { StorageFault } from './storage-fault.ts'

/** A message on its way into the log. The store calls `settled` exactly once. */
export interface Append {
  readonly sender: string
  readonly conversationId: string
  readonly clientMessageId: string
  readonly contentType: string
  /** Must not change until `settled`. */
  readonly content: Uint8Array
  /** Milliseconds since 1970. */
  readonly sentAt: number
  /** An encoded Details. */
  readonly details?: Uint8Array | undefined
  /** An encoded Change; a message has none. */
  readonly change?: Uint8Array | undefined
  /** When to send it, in milliseconds since 1970, if not now. */
  readonly sendAt?: number | undefined
  /** It was kept for its time, and that has come. */
  readonly due?: boolean
  /** It is the server's own doing. */
  readonly system?: boolean
  /** Estimated microseconds that the log's writer needs for it; a plain message's, if not given. */
  readonly cost?: number
  settled(outcome: AppendOutcome): void
}

/** Where a message stands in the log. */
export interface Place {
  readonly seq: number
  readonly messageId: string
  readonly sentAt: number
  /** Of the conversation up to it (Y6); 0 if not known. */
  readonly digest: number
}

export type AppendOutcome =
  /** On disk, under the next seq of its conversation. */
  | ({
      readonly kind: 'stored'
      /** Undefined where nothing does. */
      readonly follows: Follows | undefined
    } & Place)
  /** The same message was on disk before, at this place. */
  | ({ readonly kind: 'duplicate' } & Place)
  /** The sender used this clientMessageId for another message. */
  | { readonly kind: 'conflict' }
  /** The rules of the conversation do not allow it. */
  | { readonly kind: 'refused'; readonly code: ErrorName; readonly message: string; readonly field: string; readonly retryAfterMs: number }
  /** Kept on disk until its time. */
  | { readonly kind: 'scheduled'; readonly sendAt: number; readonly duplicate: boolean }
  /** Not on disk. The same append may be tried again. */
  | { readonly kind: 'failed'; readonly cause: Error }

export interface PageQuery {
  /** Who asks: only what is that user's to see is in the page. */
  readonly userId: string
  readonly conversationId: string
  readonly direction: Direction
  /** Exclusive; BACKWARD from 0 begins at the newest. */
  readonly fromSeq: number
  readonly limit: number
  /** What the reader knows of the conversation at `fromSeq` (Y6); 0 what it does not. */
  readonly epoch: number
  readonly digest: number
}

export interface PageResult {
  /** An encoded SyncAck. */
  readonly syncAck: Uint8Array
  /** Exclusive; where the page's messages begin. */
  readonly beginSeq: number
  /** The highest seq in the page; for an empty page that of the conversation. */
  readonly endSeq: number
  /** Whether the conversation goes on past the page in the direction asked. */
  readonly more: boolean
  /** The reader knows another history than this log's (Y6). */
  readonly discontinuity: boolean
}

/** A message as it stands in the log, without its content. */
export interface StoredMessage {
  readonly messageId: string
  readonly conversationId: string
  readonly seq: number
  readonly sender: string
  readonly clientMessageId: string
  readonly contentType: string
  readonly contentBytes: number
  readonly sentAt: number
  readonly members: readonly MemberPosition[]
}

/** A part of a group's members. */
export interface AudienceQuery {
  readonly conversationId: string
  /** The `next` of the part before; empty for the first. */
  readonly cursor: string
  readonly limit: number
}

/** A member of a group, and what of it is for that member. */
export interface Audience {
  readonly name: string
  /** Inclusive: it sees nothing up to here. */
  readonly fromSeq: number
  /** It has left the group, and this is the last seq that it sees; 0 for who is a member now. */
  readonly untilSeq: number
}

export interface AudiencePage {
  readonly members: readonly Audience[]
  /** Where the next part begins; empty where there is none. */
  readonly next: string
}

/** How far a member has got in a conversation. 0 leaves a position as it is. */
export interface MemberPosition {
  readonly conversationId: string
  readonly userId: string
  readonly deliveredSeq: number
  readonly readSeq: number
}

/** One user who wants to see the presence of another. */
export interface SightPair {
  readonly watcher: string
  readonly user: string
}

/** What the log knows of a user's presence. */
export interface Sight {
  readonly status: string
  /** Milliseconds since 1970; 0 where it is not known. */
  readonly lastSeen: number
  readonly audience: PresenceAudience
}

/** When a user was last online, in milliseconds since 1970. */
export interface LastSeenAt {
  readonly userId: string
  readonly at: number
}

/** A message whose time has come. */
export interface DueSend {
  readonly sender: string
  readonly send: Send
  /** When its sender wanted it sent, in milliseconds since 1970. */
  readonly sendAt: number
  /** How often it was refused. */
  readonly tries: number
}

/** What a copy of the log came to. */
export interface BackupReport {
  readonly path: string
  readonly bytes: number
  readonly milliseconds: number
}

/** What a check of the whole log came to. */
export interface VerifyReport {
  readonly path: string
  readonly messages: number
  readonly conversations: number
  readonly users: number
  readonly milliseconds: number
  /** What is wrong, a sentence each; the first hundred. */
  readonly findings: readonly string[]
}

/**
 * The ordered, durable log of every conversation, and each member's positions in it.
 *
 * Duties of an implementation, held by test/contract/log-store.ts:
 * - Order: what one user appends is stored, and settled, in the order of the calls; appends of
 *   several users take fair turns where more waits than the store takes in at once. Within a
 *   conversation seq counts 1, 2, 3 without a hole, whatever fails in between, and appends
 *   are settled in that order.
 * - Durability: `stored` is said only once the message survives a power cut.
 * - Atomicity: a message, its seq and its idempotency key are stored together or not at all.
 * - Idempotency: (sender, clientMessageId) names one message, also across restarts, for as
 *   long as ids are kept.
 * - Continuity: a message's digest follows from its epoch and all messages before it, so that
 *   a reader who knows another history is told so.
 * - A fault costs what it hits: what cannot be stored is `failed`, reads that need none of it
 *   go on, and the store works again when its disk does.
 * - Reads see every append that was settled before they were asked for. They may also see
 *   what is settled only after that.
 * - No append waits for a read.
 */
export interface LogStore {
  append(message: Append): void
  /** Rejects with RequestError `conversation_unknown` where the conversation is not the user's. */
  page(query: PageQuery): Promise<PageResult>
  /** Answers the query of a user by an encoded Answer. Rejects with RequestError. */
  query(userId: string, query: Query): Promise<Uint8Array>
  /**
   * A part of the members of a group; nobody where there is no such group. The last part also
   * has whoever has left by an entry that was not settled when the first part was asked for.
   */
  audience(query: AudienceQuery): Promise<AudiencePage>
  /** For each of the first pairs, at least one, what the watcher may see of the user (T2); undefined where that is nothing. As many as some milliseconds allow. */
  sights(pairs: readonly SightPair[]): Promise<readonly (Sight | undefined)[]>
  /** For each of the first users, at least one, the names that it has blocked. As many as some milliseconds allow. */
  blocks(users: readonly string[]): Promise<readonly (readonly string[])[]>
  /** Keeps when users were last online. */
  seen(users: readonly LastSeenAt[]): Promise<void>
  /** The core lives at this time, in milliseconds since 1970, and these users have come: should it die, they and who came before were last online then. */
  alive(at: number, came: readonly string[]): Promise<void>
  /** Messages whose time has come; they stay until they are appended with `due`. */
  dueSends(now: number): Promise<readonly DueSend[]>
  /** When the next message disappears or is to be sent, in milliseconds since 1970. */
  nextDue(): Promise<number | undefined>
  /** Takes out the content of messages that have disappeared by now. */
  expireMessages(now: number): Promise<void>
  /** The user's conversations, latest first, as an encoded SyncAck. */
  list(userId: string, cursor: string, limit: number): Promise<Uint8Array>
  /** Moves positions forward, never back and never past the last message; gives what holds now, in the order of the call. */
  advance(positions: readonly MemberPosition[]): Promise<MemberPosition[]>
  /** Forgets the idempotency keys of messages sent before this, in milliseconds since 1970. */
  expireIds(sentBefore: number): Promise<void>
  /** The message with this id. */
  find(messageId: string): Promise<StoredMessage | undefined>
  /** Why the log cannot be relied on for now; undefined while all is well. */
  readonly fault: StorageFault | undefined
  /** Copies the log as it is into a new file; appends go on meanwhile. */
  backup(path: string): Promise<BackupReport>
  /** Reads the whole log and checks it; appends go on meanwhile. */
  verify(): Promise<VerifyReport>
  /** Stores what was appended, then closes. */
  close(): Promise<void>
}
