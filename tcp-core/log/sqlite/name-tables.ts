import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type ConversationKind, directUsers, ownUser } from '../../../shared/conversation-id.ts'
import { LruCache } from '../../limits/lru-cache.ts'
import { kindOf } from '../decide-on.ts'
import { randomEpoch } from '../log-identity.ts'

const CACHED_NAMES = 100_000
/** Of users, and of conversations. */
const CACHED_NAME_BYTES = 16 * 1024 * 1024

/** A conversation as the writer needs it. */
export interface ConversationRow {
  readonly id: number
  readonly name: string
  readonly kind: ConversationKind
  lastSeq: number
  /** The row of the entry at `lastSeq`; 0 before the first. */
  lastMessage: number
  /** At `lastSeq`; before the first message the epoch. */
  digest: number
}

export interface NamedUser {
  readonly id: number
  readonly name: string
}

/** Users and conversations: their names to their rows, cached, made where they are new. */
export class NameTables {
  readonly #users: LruCache<string, number>
  readonly #conversations: LruCache<string, ConversationRow>
  readonly #findUser: StatementSync
  readonly #addUser: StatementSync
  readonly #addUsers: StatementSync
  readonly #findUsers: StatementSync
  readonly #userName: StatementSync
  readonly #findConversation: StatementSync
  readonly #addConversation: StatementSync
  readonly #addMember: StatementSync

  constructor(database: DatabaseSync, cached = true) {
    this.#users = new LruCache(cached ? CACHED_NAMES : 0, CACHED_NAME_BYTES)
    this.#conversations = new LruCache(cached ? CACHED_NAMES : 0, CACHED_NAME_BYTES)
    this.#findUser = database.prepare('SELECT id FROM user WHERE name = ?')
    this.#addUser = database.prepare('INSERT INTO user (name) VALUES (?) RETURNING id')
    this.#addUsers = database.prepare('INSERT INTO user (name) SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING')
    this.#findUsers = database.prepare('SELECT u.id, u.name FROM json_each(?) j CROSS JOIN user u ON u.name = j.value ORDER BY j.key')
    this.#userName = database.prepare('SELECT name FROM user WHERE id = ?')
    this.#findConversation = database.prepare(
      'SELECT c.id, c.epoch, m.id AS message, m.seq, m.digest FROM conversation c LEFT JOIN message m ON m.id = c.last_message WHERE c.name = ?',
    )
    this.#addConversation = database.prepare('INSERT INTO conversation (name, epoch) VALUES (?, ?) RETURNING id')
    this.#addMember = database.prepare('INSERT INTO member (user, conversation) VALUES (?, ?)')
  }

  user(name: string): number {
    const cached = this.#users.get(name)
    if (cached !== undefined) return cached
    const { id } = (this.#findUser.get(name) ?? this.#addUser.get(name)) as { id: number }
    this.#users.set(name, id)
    return id
  }

  /** The rows of these names, each given once, in their order; made where they are new. */
  users(names: readonly string[]): NamedUser[] {
    const all = JSON.stringify(names)
    this.#addUsers.run(all)
    return this.#findUsers.all(all) as unknown as NamedUser[]
  }

  /** The user's row if there is one: whoever only asks makes none. */
  knownUser(name: string): number | undefined {
    const cached = this.#users.get(name)
    if (cached !== undefined) return cached
    const row = this.#findUser.get(name) as { id: number } | undefined
    if (row) this.#users.set(name, row.id)
    return row?.id
  }

  /** The name of a user's row. */
  userName(id: number): string {
    return (this.#userName.get(id) as { name: string } | undefined)?.name ?? ''
  }

  conversation(name: string): ConversationRow | undefined {
    const cached = this.#conversations.get(name)
    if (cached) return cached
    const row = this.#findConversation.get(name) as FoundConversation | undefined
    if (!row) return undefined
    const digest = row.seq === null ? row.epoch : row.digest
    const conversation = { id: row.id, name, kind: kindOf(name), lastSeq: row.seq ?? 0, lastMessage: row.message ?? 0, digest }
    this.#conversations.set(name, conversation)
    return conversation
  }

  /** Users of a 1:1 conversation, and the one whose own it is, are its members from the beginning; a group's come by its changes. */
  conversationOrNew(name: string): ConversationRow {
    return this.conversation(name) ?? this.#create(name)
  }

  /** The caches hold what a transaction has done so far, so when it fails they are emptied. */
  forget(): void {
    this.#users.clear()
    this.#conversations.clear()
  }

  #create(name: string): ConversationRow {
    const epoch = randomEpoch()
    const { id } = this.#addConversation.get(name, epoch) as { id: number }
    const kind = kindOf(name)
    for (const user of new Set(firstMembers(kind, name))) this.#addMember.run(this.user(user), id)
    const conversation = { id, name, kind, lastSeq: 0, lastMessage: 0, digest: epoch }
    this.#conversations.set(name, conversation)
    return conversation
  }
}

interface FoundConversation {
  id: number
  epoch: number
  message: number | null
  seq: number | null
  digest: number
}

function firstMembers(kind: ConversationKind, name: string): readonly string[] {
  switch (kind) {
    case 'direct':
      return directUsers(name) ?? []
    case 'own':
      return [ownUser(name)]
    case 'group':
      return []
  }
}
