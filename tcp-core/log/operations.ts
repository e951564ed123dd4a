import type { Query } from '../../shared/gen/hawser.ts'
import type { Audience, LastSeenAt, MemberPosition, PageQuery, SightPair } from './log-store.ts'

/** What the storage thread is asked for: all that writes, one after the other. */
export type WriteOperation =
  /** One transaction with one fsync: entries, and read positions. */
  | { readonly op: 'commit'; readonly appends: Uint8Array; readonly positions: readonly MemberPosition[] }
  | { readonly op: 'advance'; readonly positions: readonly MemberPosition[] }
  | { readonly op: 'seen'; readonly users: readonly LastSeenAt[] }
  | { readonly op: 'alive'; readonly at: number; readonly came: readonly string[] }
  | { readonly op: 'due-sends'; readonly now: number }
  | { readonly op: 'next-due' }
  | { readonly op: 'expire-messages'; readonly now: number }
  | { readonly op: 'expire-ids'; readonly sentBefore: number; readonly limit: number }
  /** A slice of the search index's work; says whether there is more. */
  | { readonly op: 'index' }
  | { readonly op: 'probe' }
  | { readonly op: 'close' }

/** Members of a group by their users' rows, and with the last of them those who have left by the entry of row `leftSince` or a later one. */
export interface MembersAsked {
  readonly conversationId: string
  readonly afterUser: number
  readonly leftSince: number
  readonly limit: number
}

export interface MembersFound {
  readonly members: readonly Audience[]
  /** The row after which to go on; 0 at the end. */
  readonly lastUser: number
}

/** What a thread for reads is asked for. */
export type ReadOperation =
  | { readonly op: 'page'; readonly query: PageQuery }
  | { readonly op: 'list'; readonly userId: string; readonly cursor: string; readonly limit: number }
  | { readonly op: 'query'; readonly userId: string; readonly query: Query }
  | ({ readonly op: 'audience' } & MembersAsked)
  | { readonly op: 'sights'; readonly pairs: readonly SightPair[] }
  | { readonly op: 'blocks'; readonly users: readonly string[] }
  | { readonly op: 'find'; readonly messageId: string }
  /** The file may be another one by now: the connection to it is given up. */
  | { readonly op: 'release' }
  | { readonly op: 'close' }
