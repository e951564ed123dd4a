import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { directUsers } from '../../shared/conversation-id.ts'
import type { AppendFields, StoredOutcome } from './append-batch.ts'
import type { MemberPosition } from './log-store.ts'
import { LruCache } from './lru-cache.ts'
import { idPrefix, migrate } from './schema.ts'
import { SqliteReads } from './sqlite-reads.ts'

const CACHED_NAMES = 100_000

interface ConversationRow {
  readonly id: number
  lastSeq: number
}

/**
 * The log in one SQLite file, used by the storage thread alone. Every method is synchronous;
 * one call of `append` is one transaction and one fsync, however many messages it stores.
 */
export class SqliteLog {
  readonly reads: SqliteReads
  readonly #database: DatabaseSync
  readonly #idPrefix: string
  readonly #users = new LruCache<string, number>(CACHED_NAMES)
  readonly #conversations = new LruCache<string, ConversationRow>(CACHED_NAMES)
  readonly #statements: ReturnType<typeof prepare>
  #lastMessage: number

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    migrate(this.#database)
    this.#idPrefix = idPrefix(this.#database)
    this.#statements = prepare(this.#database)
    this.reads = new SqliteReads(this.#database, this.#idPrefix)
    this.#lastMessage = (this.#database.prepare('SELECT max(id) AS id FROM message').get() as { id: number | null }).id ?? 0
  }

  /** Stores all or, throwing, none. */
  append(messages: readonly AppendFields[]): StoredOutcome[] {
    return this.#transaction(() => {
      const moved = new Map<number, number>()
      const outcomes = messages.map((message) => this.#appendOne(message, moved))
      for (const [conversation, last] of moved) this.#statements.touch.run(last, conversation)
      return outcomes
    })
  }

  advance(positions: readonly MemberPosition[]): MemberPosition[] {
    return this.#transaction(() =>
      positions.map((position) => {
        const conversation = this.#findConversation(position.conversationId)
        const row =
          conversation &&
          (this.#statements.advance.get(
            Math.min(position.deliveredSeq, conversation.lastSeq),
            Math.min(position.readSeq, conversation.lastSeq),
            this.#userRow(position.userId),
            conversation.id,
          ) as { delivered_seq: number; read_seq: number } | undefined)
        return { ...position, deliveredSeq: row?.delivered_seq ?? 0, readSeq: row?.read_seq ?? 0 }
      }),
    )
  }

  close(): void {
    this.#database.close()
  }

  #appendOne(message: AppendFields, moved: Map<number, number>): StoredOutcome {
    const sender = this.#userRow(message.sender)
    const conversation = this.#findConversation(message.conversationId) ?? this.#createConversation(message.conversationId)
    const id = this.#lastMessage + 1
    const seq = conversation.lastSeq + 1
    const { changes } = this.#statements.insert.run(
      id,
      conversation.id,
      seq,
      sender,
      message.clientMessageId,
      message.sentAt,
      message.contentType,
      message.content,
    )
    if (changes === 0) return this.#repeated(sender, conversation.id, message)
    this.#lastMessage = id
    conversation.lastSeq = seq
    moved.set(conversation.id, id)
    return { kind: 'stored', seq, messageId: `${this.#idPrefix}-${id.toString(36)}`, sentAt: message.sentAt }
  }

  /** The idempotency key was there: the same message, or another under its id (S3). */
  #repeated(sender: number, conversation: number, message: AppendFields): StoredOutcome {
    const first = this.#statements.byClientId.get(sender, message.clientMessageId) as {
      id: number
      conversation: number
      seq: number
      sent_at: number
      content_type: string
      content: Uint8Array
    }
    const same =
      first.conversation === conversation &&
      first.content_type === message.contentType &&
      Buffer.compare(first.content, message.content) === 0
    if (!same) return { kind: 'conflict' }
    return { kind: 'duplicate', seq: first.seq, messageId: `${this.#idPrefix}-${first.id.toString(36)}`, sentAt: first.sent_at }
  }

  #userRow(name: string): number {
    const cached = this.#users.get(name)
    if (cached !== undefined) return cached
    const row = (this.#statements.findUser.get(name) ?? this.#statements.addUser.get(name)) as { id: number }
    this.#users.set(name, row.id)
    return row.id
  }

  #findConversation(name: string): ConversationRow | undefined {
    const cached = this.#conversations.get(name)
    if (cached) return cached
    const row = this.#statements.findConversation.get(name) as { id: number; last_seq: number | null } | undefined
    if (!row) return undefined
    const conversation = { id: row.id, lastSeq: row.last_seq ?? 0 }
    this.#conversations.set(name, conversation)
    return conversation
  }

  #createConversation(name: string): ConversationRow {
    const { id } = this.#statements.addConversation.get(name) as { id: number }
    for (const user of new Set(directUsers(name))) this.#statements.addMember.run(this.#userRow(user), id)
    const conversation = { id, lastSeq: 0 }
    this.#conversations.set(name, conversation)
    return conversation
  }

  /** The caches hold what the transaction has done so far, so when it fails they are emptied. */
  #transaction<T>(work: () => T): T {
    this.#statements.begin.run()
    try {
      const result = work()
      this.#statements.commit.run()
      return result
    } catch (error) {
      this.#users.clear()
      this.#conversations.clear()
      if (this.#database.isTransaction) this.#statements.rollback.run()
      this.#lastMessage = (this.#statements.lastMessage.get() as { id: number | null }).id ?? 0
      throw error
    }
  }
}

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text)
  return {
    begin: sql('BEGIN IMMEDIATE'),
    commit: sql('COMMIT'),
    rollback: sql('ROLLBACK'),
    insert: sql(
      'INSERT INTO message (id, conversation, seq, sender, client_message_id, sent_at, content_type, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sender, client_message_id) DO NOTHING',
    ),
    byClientId: sql('SELECT id, conversation, seq, sent_at, content_type, content FROM message WHERE sender = ? AND client_message_id = ?'),
    lastMessage: sql('SELECT max(id) AS id FROM message'),
    touch: sql('UPDATE conversation SET last_message = ? WHERE id = ?'),
    findUser: sql('SELECT id FROM user WHERE name = ?'),
    addUser: sql('INSERT INTO user (name) VALUES (?) RETURNING id'),
    findConversation: sql(
      'SELECT id, (SELECT max(seq) FROM message WHERE conversation = c.id) AS last_seq FROM conversation c WHERE name = ?',
    ),
    addConversation: sql('INSERT INTO conversation (name) VALUES (?) RETURNING id'),
    addMember: sql('INSERT INTO member (user, conversation) VALUES (?, ?)'),
    advance: sql(
      'UPDATE member SET delivered_seq = max(delivered_seq, ?), read_seq = max(read_seq, ?) WHERE user = ? AND conversation = ? RETURNING delivered_seq, read_seq',
    ),
  }
}
