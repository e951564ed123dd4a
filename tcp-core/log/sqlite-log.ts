import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { AppendFields, StoredOutcome } from './append-batch.ts'
import { type LogIdentity, openIdentity, readMeta, writeMeta } from './log-identity.ts'
import type { MemberPosition } from './log-store.ts'
import { NameTables } from './name-tables.ts'
import { rollingDigest } from './rolling-digest.ts'
import { migrate } from './schema.ts'
import { SqliteReads } from './sqlite-reads.ts'

/**
 * The log in one SQLite file, used by the storage thread alone. Every method is synchronous;
 * one call of `append` is one transaction and one fsync, however many messages it stores.
 */
export class SqliteLog {
  readonly reads: SqliteReads
  readonly identity: LogIdentity
  readonly #database: DatabaseSync
  readonly #names: NameTables
  readonly #statements: ReturnType<typeof prepare>
  /** Looked up when needed after a transaction that failed. */
  #lastMessage: number | undefined

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    migrate(this.#database)
    this.identity = openIdentity(this.#database)
    this.#names = new NameTables(this.#database)
    this.#statements = prepare(this.#database)
    this.reads = new SqliteReads(this.#database, this.identity)
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
        const conversation = this.#names.conversation(position.conversationId)
        const row =
          conversation &&
          (this.#statements.advance.get(
            Math.min(position.deliveredSeq, conversation.lastSeq),
            Math.min(position.readSeq, conversation.lastSeq),
            this.#names.user(position.userId),
            conversation.id,
          ) as { delivered_seq: number; read_seq: number } | undefined)
        return { ...position, deliveredSeq: row?.delivered_seq ?? 0, readSeq: row?.read_seq ?? 0 }
      }),
    )
  }

  /**
   * Forgets the idempotency keys of messages sent before `sentBefore`, of at most `limit` of
   * them at a time. Says whether there may be more.
   */
  expireIds(sentBefore: number, limit: number): boolean {
    return this.#transaction(() => {
      const from = Number(readMeta(this.#database, 'keys_expired_up_to') ?? 0)
      const next = this.#statements.oldest.all(from, limit) as unknown as { id: number; sent_at: number }[]
      const stop = next.findIndex((message) => message.sent_at >= sentBefore)
      const last = (stop < 0 ? next : next.slice(0, stop)).at(-1)
      if (!last) return false
      this.#statements.expire.run(from, last.id)
      writeMeta(this.#database, 'keys_expired_up_to', String(last.id))
      return stop < 0 && next.length === limit
    })
  }

  /** Writes something, to find out whether that can be done. */
  probe(): void {
    writeMeta(this.#database, 'probed_at', new Date().toISOString())
  }

  close(): void {
    this.#database.close()
  }

  #appendOne(message: AppendFields, moved: Map<number, number>): StoredOutcome {
    const sender = this.#names.user(message.sender)
    const conversation = this.#names.conversationOrNew(message.conversationId)
    this.#lastMessage ??= this.#findLastMessage()
    const id = this.#lastMessage + 1
    const seq = conversation.lastSeq + 1
    const { clientMessageId, sentAt, contentType, content } = message
    const digest = rollingDigest(conversation.digest, { seq, sender: message.sender, clientMessageId, contentType, content })
    const { changes } = this.#statements.insert.run(id, conversation.id, seq, sender, clientMessageId, sentAt, digest, contentType, content)
    if (changes === 0) return this.#repeated(sender, conversation.id, message)
    this.#lastMessage = id
    conversation.lastSeq = seq
    conversation.digest = digest
    moved.set(conversation.id, id)
    return { kind: 'stored', seq, messageId: this.#messageId(id), sentAt, digest }
  }

  /** The idempotency key was there: the same message, or another under its id (S3). */
  #repeated(sender: number, conversation: number, message: AppendFields): StoredOutcome {
    const first = this.#statements.byClientId.get(sender, message.clientMessageId) as {
      id: number
      conversation: number
      seq: number
      sent_at: number
      digest: number
      content_type: string
      content: Uint8Array
    }
    const same =
      first.conversation === conversation &&
      first.content_type === message.contentType &&
      Buffer.compare(first.content, message.content) === 0
    if (!same) return { kind: 'conflict' }
    return { kind: 'duplicate', seq: first.seq, messageId: this.#messageId(first.id), sentAt: first.sent_at, digest: first.digest }
  }

  #messageId(id: number): string {
    return `${this.identity.idPrefix}-${id.toString(36)}`
  }

  #findLastMessage(): number {
    const { id } = this.#statements.lastMessage.get() as { id: number | null }
    return Math.max(id ?? 0, this.identity.lastGivenId)
  }

  #transaction<T>(work: () => T): T {
    this.#statements.begin.run()
    try {
      const result = work()
      this.#statements.commit.run()
      return result
    } catch (error) {
      this.#names.forget()
      this.#lastMessage = undefined
      if (this.#database.isTransaction) this.#statements.rollback.run()
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
      'INSERT INTO message (id, conversation, seq, sender, client_message_id, sent_at, digest, content_type, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sender, client_message_id) WHERE keyed DO NOTHING',
    ),
    byClientId: sql(
      'SELECT id, conversation, seq, sent_at, digest, content_type, content FROM message WHERE sender = ? AND client_message_id = ? AND keyed',
    ),
    lastMessage: sql('SELECT max(id) AS id FROM message'),
    touch: sql('UPDATE conversation SET last_message = ? WHERE id = ?'),
    advance: sql(
      'UPDATE member SET delivered_seq = max(delivered_seq, ?), read_seq = max(read_seq, ?) WHERE user = ? AND conversation = ? RETURNING delivered_seq, read_seq',
    ),
    oldest: sql('SELECT id, sent_at FROM message WHERE id > ? ORDER BY id LIMIT ?'),
    expire: sql('UPDATE message SET keyed = 0 WHERE id > ? AND id <= ?'),
  }
}
