import type { ConversationSummary, Group } from 'hawser'
import { directPeer } from '../../shared/conversation-id.ts'
import { now } from './server-date.ts'
import type { StoredMessage } from './stored-message.ts'

/** A conversation as the list shows it. */
export interface Conversation {
  readonly conversationId: string
  /** The other user of a 1:1 conversation; '' in groups. */
  readonly peer: string
  readonly group: Group | undefined
  /** The newest entry. */
  readonly last: StoredMessage | undefined
  /** Up to where `unread` has counted. Behind `last` while an own message was acknowledged ahead of others. */
  readonly countedSeq: number
  readonly unread: number
  /** How many of the unread ones mention the user or all. */
  readonly mentions: number
  readonly readSeq: number
  readonly peerReadSeq: number
  readonly peerDeliveredSeq: number
  readonly preference: Preference
  /** Exclusive: what is up to here is not for this user (docs/PROTOCOL.md, Y8). */
  readonly beginSeq: number
  /** The user is in the group no more. */
  readonly left: boolean
}

/** What the user keeps about a conversation, on all devices (docs/PROTOCOL.md, P1). */
export interface Preference {
  readonly draft: string
  /** Milliseconds since 1970. */
  readonly mutedUntil: number
  readonly pinned: boolean
  readonly archived: boolean
}

const NO_PREFERENCE: Preference = { draft: '', mutedUntil: 0, pinned: false, archived: false }

export function blank(conversationId: string, self: string): Conversation {
  return {
    conversationId,
    peer: directPeer(conversationId, self) ?? '',
    group: undefined,
    last: undefined,
    countedSeq: 0,
    unread: 0,
    mentions: 0,
    readSeq: 0,
    peerReadSeq: 0,
    peerDeliveredSeq: 0,
    preference: NO_PREFERENCE,
    beginSeq: 0,
    left: false,
  }
}

export function fromSummary(summary: ConversationSummary): Conversation {
  const { conversationId, peer, group, lastSeq, unread, mentions, readSeq, peerReadSeq, peerDeliveredSeq, lastMessage } = summary
  return {
    conversationId,
    peer,
    group,
    last: lastMessage,
    countedSeq: lastSeq,
    unread,
    mentions,
    readSeq,
    peerReadSeq,
    peerDeliveredSeq,
    preference: withPreference(NO_PREFERENCE, summary.preference ?? {}),
    beginSeq: summary.beginSeq,
    left: summary.left,
  }
}

/** A summary may be older than what has arrived since it was asked for: positions only move forward. */
export function merged(before: Conversation, summary: ConversationSummary): Conversation {
  const fresh = fromSummary(summary)
  const isWhole = fresh.countedSeq >= before.countedSeq && fresh.readSeq >= before.readSeq
  const counted = isWhole ? fresh : before
  return {
    ...withPeerAt(fresh, before.peerDeliveredSeq, before.peerReadSeq),
    last: fresh.last ? later(before.last, fresh.last) : before.last,
    countedSeq: counted.countedSeq,
    unread: counted.unread,
    mentions: counted.mentions,
    readSeq: counted.readSeq,
    beginSeq: Math.max(before.beginSeq, fresh.beginSeq),
  }
}

export function later(a: StoredMessage | undefined, b: StoredMessage): StoredMessage {
  return a && a.seq > b.seq ? a : b
}

export function withPeerAt(before: Conversation, deliveredSeq: number, readSeq: number): Conversation {
  const peerReadSeq = Math.max(before.peerReadSeq, readSeq)
  return { ...before, peerReadSeq, peerDeliveredSeq: Math.max(before.peerDeliveredSeq, deliveredSeq, peerReadSeq) }
}

/** What is past `readSeq` may be own messages too, so the rest is at most what is left to count. */
export function withReadAt(before: Conversation, readSeq: number): Conversation {
  if (readSeq <= before.readSeq) return before
  const unread = Math.min(before.unread, Math.max(0, before.countedSeq - readSeq))
  return { ...before, readSeq, unread, mentions: Math.min(before.mentions, unread) }
}

/** What is not given stays. */
export function withPreference(before: Preference, given: { [K in keyof Preference]?: Preference[K] | undefined }): Preference {
  return {
    draft: given.draft ?? before.draft,
    mutedUntil: given.mutedUntil ?? before.mutedUntil,
    pinned: given.pinned ?? before.pinned,
    archived: given.archived ?? before.archived,
  }
}

/** All up to `seq` is off this user's screens. */
export function clearedTo(before: Conversation, seq: number): Conversation {
  if (seq <= before.beginSeq) return before
  const last = before.last && before.last.seq > seq ? before.last : undefined
  return { ...withReadAt(before, seq), last, beginSeq: seq }
}

/** What a person calls it. */
export function titleOf({ conversationId, peer, group }: Pick<Conversation, 'conversationId' | 'peer' | 'group'>): string {
  if (peer !== '') return peer
  return group?.name || conversationId.slice('group/'.length)
}

/** The user gets no notice of it for now. */
export function isMuted({ preference }: Conversation, at = now()): boolean {
  return preference.mutedUntil > at
}

/** Pinned ones first, then the latest. */
export function byPlace(a: Conversation, b: Conversation): number {
  return Number(b.preference.pinned) - Number(a.preference.pinned) || (b.last?.sentAt ?? 0) - (a.last?.sentAt ?? 0)
}
