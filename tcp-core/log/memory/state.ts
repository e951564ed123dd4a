import { type ConversationKind, directUsers, ownUser } from '../../../shared/conversation-id.ts'
import type { Preference, PresenceAudience } from '../../../shared/gen/hawser.ts'
import { kindOf } from '../decide-on.ts'
import { randomEpoch } from '../log-identity.ts'
import type { ContactRow } from '../reads/contact-state.ts'
import type { GroupRow, Key, MemberRow, MessageRow } from '../reads/rows.ts'
import type { Allowance } from '../rules/facts.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** An entry, and what has become of it. */
export interface MemoryEntry extends Mutable<MessageRow> {
  readonly conversation: MemoryConversation
  readonly senderId: Key
  /** Its client message id is still known (S3). */
  keyed: boolean
  /** The entry that edited it last, or took it back. */
  changedBy: Key
  changedAt: number
  recalledBy: string | null
  readonly edits: MemoryEntry[]
  /** By the key of the reaction, the users. */
  readonly reactions: Map<string, Set<Key>>
  /** Milliseconds since 1970; 0 for never. */
  expiresAt: number
}

export interface MemoryConversation {
  readonly id: Key
  readonly name: string
  readonly kind: ConversationKind
  readonly epoch: number
  /** By their seqs, from 1. */
  readonly entries: MemoryEntry[]
  readonly members: Map<Key, Mutable<MemberRow>>
  group: GroupRow | undefined
  readonly bans: Map<Key, { readonly by: Key; readonly at: number }>
  readonly pins: Set<number>
  readonly threads: Map<number, number[]>
  /** By user, the seqs of the messages that mention it. */
  readonly mentions: Map<Key, Set<number>>
  contact: ContactRow | undefined
  readonly preferences: Map<Key, Mutable<Preference>>
}

/** A message that waits for its time. */
export interface MemoryScheduled {
  readonly id: Key
  readonly sender: Key
  readonly clientMessageId: string
  readonly send: Uint8Array
  sendAt: number
  dueAt: number | undefined
  refusal: string
  refusalMessage: string
  tries: number
}

export interface MemoryUser {
  readonly id: Key
  readonly name: string
  readonly blocked: Set<Key>
  readonly allowance: Mutable<Allowance>
  status: { text: string; audience: PresenceAudience; last_seen: number } | undefined
  isOnline: boolean
}

const NOBODY = 0

/** All that a log in memory holds. A user's, a conversation's and an entry's number is one more than the last. */
export class MemoryState {
  readonly users = new Map<string, MemoryUser>()
  readonly conversations = new Map<string, MemoryConversation>()
  readonly entries: MemoryEntry[] = []
  readonly scheduled = new Map<Key, MemoryScheduled>()
  readonly #usersById: MemoryUser[] = []
  readonly #conversationsById: MemoryConversation[] = []
  readonly #byClientId = new Map<string, MemoryEntry>()
  lastScheduled = 0

  user(name: string): MemoryUser {
    const known = this.users.get(name)
    if (known) return known
    const allowance = { addedBy: 0, day: 0, added: 0, adds: 0, groups: 0 } as const
    const user = { id: this.#usersById.length + 1, name, blocked: new Set<Key>(), allowance, status: undefined, isOnline: false }
    this.users.set(name, user)
    this.#usersById.push(user)
    return user
  }

  userBy(id: Key): MemoryUser | undefined {
    return id === NOBODY ? undefined : this.#usersById[id - 1]
  }

  get allUsers(): readonly MemoryUser[] {
    return this.#usersById
  }

  conversation(name: string): MemoryConversation {
    return this.conversations.get(name) ?? this.#create(name)
  }

  conversationBy(id: Key): MemoryConversation | undefined {
    return this.#conversationsById[id - 1]
  }

  /** An entry by its number. */
  entryBy(id: Key): MemoryEntry | undefined {
    return this.entries[id - 1]
  }

  /** The message that the sender has stored under this id, as long as ids are kept. */
  repeated(sender: string, clientMessageId: string): MemoryEntry | undefined {
    const entry = this.#byClientId.get(keyOf(sender, clientMessageId))
    return entry?.keyed ? entry : undefined
  }

  add(entry: MemoryEntry): void {
    this.entries.push(entry)
    entry.conversation.entries.push(entry)
    this.#byClientId.set(keyOf(entry.sender, entry.client_message_id), entry)
  }

  #create(name: string): MemoryConversation {
    const kind = kindOf(name)
    const conversation: MemoryConversation = {
      id: this.#conversationsById.length + 1,
      name,
      kind,
      epoch: randomEpoch(),
      entries: [],
      members: new Map(),
      group: undefined,
      bans: new Map(),
      pins: new Set(),
      threads: new Map(),
      mentions: new Map(),
      contact: undefined,
      preferences: new Map(),
    }
    this.conversations.set(name, conversation)
    this.#conversationsById.push(conversation)
    const users = kind === 'direct' ? (directUsers(name) ?? []) : kind === 'own' ? [ownUser(name)] : []
    for (const user of new Set(users)) conversation.members.set(this.user(user).id, newMember(this.user(user).id))
    return conversation
  }
}

export function newMember(user: Key): Mutable<MemberRow> {
  return {
    user,
    role: 0,
    from_seq: 0,
    cleared_seq: 0,
    until_seq: null,
    until_message: null,
    until_name: null,
    joined_at: 0,
    muted_until: 0,
    delivered_seq: 0,
    read_seq: 0,
  }
}

function keyOf(sender: string, clientMessageId: string): string {
  return `${sender}\n${clientMessageId}`
}
