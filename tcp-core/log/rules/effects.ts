import type { ContactState, EditedDetails, Preference, Role, Status } from '../../../shared/gen/hawser.ts'
import type { Group } from './facts.ts'

/**
 * What an entry does besides being there, in the conversation of the entry and by the user who
 * acts, where nothing else is said. A store writes effects in their order, in the transaction
 * of the entry. Users of a list are each named once. Times are milliseconds since 1970.
 */
export type Effect =
  /** The group is made, or is so from now on. `owner` is given where it changes; null is nobody. */
  | { readonly kind: 'group'; readonly group: Group; readonly owner?: string | null }
  | { readonly kind: 'dissolved' }
  /** They are members from now on, and see nothing up to `fromSeq`, inclusive. */
  | { readonly kind: 'began'; readonly users: readonly string[]; readonly role: Role; readonly fromSeq: number }
  /** This entry is the last that they see of a group that is called `name`. */
  | { readonly kind: 'ended'; readonly users: readonly string[]; readonly name: string }
  | { readonly kind: 'role'; readonly user: string; readonly role: Role }
  /** Members of a group; 0 lifts it. */
  | { readonly kind: 'muted'; readonly users: readonly string[]; readonly until: number }
  | { readonly kind: 'banned'; readonly users: readonly string[] }
  | { readonly kind: 'unbanned'; readonly users: readonly string[] }
  /** G10: counted for the user who acts and for those whom it has put into a group. */
  | { readonly kind: 'allowance'; readonly users: readonly string[]; readonly day: number }
  /** Of this message: those of the members that it mentions, or all. */
  | { readonly kind: 'mentions'; readonly users: readonly string[]; readonly all: boolean }
  /** This message belongs to the thread that the message at that seq began. */
  | { readonly kind: 'thread'; readonly thread: number }
  | { readonly kind: 'expires'; readonly at: number }
  | { readonly kind: 'edited'; readonly seq: number; readonly contentType: string; readonly content: Uint8Array }
  /** M1: in the place of what the message had of it. `users` are those of the members that it mentions now. */
  | { readonly kind: 'redetailed'; readonly seq: number; readonly details: EditedDetails; readonly users: readonly string[] }
  /** The content is taken out of the message and out of every edit of it. */
  | { readonly kind: 'recalled'; readonly seq: number }
  | { readonly kind: 'reacted'; readonly seq: number; readonly key: string }
  | { readonly kind: 'unreacted'; readonly seq: number; readonly key: string }
  | { readonly kind: 'pinned'; readonly seq: number }
  | { readonly kind: 'unpinned'; readonly seq: number }
  | { readonly kind: 'contact'; readonly state: ContactState }
  | { readonly kind: 'blocked'; readonly user: string }
  | { readonly kind: 'unblocked'; readonly user: string }
  | { readonly kind: 'status'; readonly status: Status }
  /** Makes the conversation that it is about where that is not there. What is not given stays. */
  | { readonly kind: 'preference'; readonly preference: Preference }
  /** The user sees nothing of that conversation up to `seq`, inclusive. */
  | { readonly kind: 'cleared'; readonly conversationId: string; readonly seq: number }
  /** `send` is an encoded Send. */
  | { readonly kind: 'scheduled'; readonly clientMessageId: string; readonly sendAt: number; readonly send: Uint8Array }
  | { readonly kind: 'unscheduled'; readonly clientMessageId: string }
  | { readonly kind: 'rescheduled'; readonly clientMessageId: string; readonly sendAt: number }
  /** S6: it was refused; 0 where it waits for its sender. */
  | {
      readonly kind: 'unsent'
      readonly clientMessageId: string
      readonly code: string
      readonly message: string
      readonly nextTryAt: number
    }
