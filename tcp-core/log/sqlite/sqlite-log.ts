import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { AppendFields, StoredOutcome } from '../append-batch.ts'
import type { LogIdentity } from '../log-identity.ts'
import { DEFAULT_LOG_RULES, type LogRules } from '../log-rules.ts'
import type { DueSend, LastSeenAt, MemberPosition } from '../log-store.ts'
import { LogReads } from '../reads/log-reads.ts'
import { Appends } from './appends.ts'
import { sqliteRows } from './log-rows.ts'
import { openIdentity, readMeta, writeMeta } from './meta.ts'
import { ScheduledTable } from './scheduled-table.ts'
import { migrate } from './schema.ts'
import { SearchIndex } from './search-index.ts'
import { Tables } from './tables.ts'

/** Messages that disappear in one transaction. */
const EXPIRE_AT_ONCE = 100
const DUE_AT_ONCE = 100
/** When the core last said that it lives, in milliseconds since 1970. */
const ALIVE_AT = 'alive_at'
const PROBE_BYTES = 1024 * 1024
/** Entries that are taken into the search index in one transaction: some milliseconds. */
const INDEX_AT_ONCE = 100

/**
 * The log in one SQLite file, used by the storage thread alone. Every method is synchronous;
 * one call of `append` is one transaction and one fsync, however many messages it stores.
 */
export class SqliteLog {
  readonly identity: LogIdentity
  readonly #database: DatabaseSync
  readonly #tables: Tables
  readonly #scheduled: ScheduledTable
  readonly #appends: Appends
  readonly #searchIndex: SearchIndex
  readonly #rules: LogRules
  readonly #now: () => number
  #reads: LogReads | undefined
  readonly #statements: ReturnType<typeof prepare>

  /** `now` says when messages have disappeared. */
  constructor(path: string, rules: LogRules = DEFAULT_LOG_RULES, now: () => number = Date.now) {
    this.#database = new DatabaseSync(path)
    this.#rules = rules
    this.#now = now
    migrate(this.#database)
    this.identity = openIdentity(this.#database)
    this.#tables = new Tables(this.#database)
    this.#scheduled = new ScheduledTable(this.#database)
    this.#appends = new Appends(this.#database, this.identity, { tables: this.#tables, scheduled: this.#scheduled, rules })
    this.#statements = prepare(this.#database)
    this.#searchIndex = new SearchIndex(this.#database)
  }

  /** Reads by the writer's own connection: for whoever has no thread. */
  get reads(): LogReads {
    this.#reads ??= new LogReads(sqliteRows(this.#database, this.#tables), this.identity, {
      rules: this.#rules,
      now: this.#now,
      beforeSearch: () => this.#indexAll(),
    })
    return this.#reads
  }

  #indexAll(): void {
    try {
      while (this.index());
    } catch {
      // A log that cannot be written can be searched as far as it is indexed.
    }
  }

  /** The row of the last entry. */
  get lastMessage(): number {
    return this.#appends.lastMessage
  }

  /** Stores all or, throwing, none; what the rules refuse is refused by itself. */
  append(messages: readonly AppendFields[]): StoredOutcome[] {
    return this.#transaction(() => this.#appends.append(messages))
  }

  /** Entries, and positions that were read, in one transaction: all or, throwing, none. */
  commit(messages: readonly AppendFields[], positions: readonly MemberPosition[]): { outcomes: StoredOutcome[]; held: MemberPosition[] } {
    return this.#transaction(() => ({ outcomes: this.#appends.append(messages), held: this.#advance(positions) }))
  }

  advance(positions: readonly MemberPosition[]): MemberPosition[] {
    // What only says that something was delivered may be forgotten in a power cut: it is delivered again.
    const isRead = positions.some(({ readSeq }) => readSeq > 0)
    const work = () => this.#transaction(() => this.#advance(positions))
    return isRead ? work() : this.#unsynced(work)
  }

  #advance(positions: readonly MemberPosition[]): MemberPosition[] {
    return positions.map((position) => {
      const conversation = this.#tables.names.conversation(position.conversationId)
      const row =
        conversation &&
        (this.#statements.advance.get(
          Math.min(position.deliveredSeq, conversation.lastSeq),
          Math.min(position.readSeq, conversation.lastSeq),
          this.#tables.names.user(position.userId),
          conversation.id,
        ) as { delivered_seq: number; read_seq: number } | undefined)
      return { ...position, deliveredSeq: row?.delivered_seq ?? 0, readSeq: row?.read_seq ?? 0 }
    })
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

  /** Takes out the content of messages that have disappeared by `now`. Says whether there may be more. */
  expireMessages(now: number): boolean {
    return this.#transaction(() => {
      const expired = this.#tables.messages.expire(now, EXPIRE_AT_ONCE)
      this.#searchIndex.remove(expired)
      return expired.length > 0
    })
  }

  /** Takes the next entries into the search index. Says whether there may be more. */
  index(): boolean {
    // What a power cut takes away of it is indexed again.
    return this.#unsynced(() => this.#transaction(() => this.#searchIndex.follow(INDEX_AT_ONCE)))
  }

  /** Keeps when users were last online. */
  seen(users: readonly LastSeenAt[]): void {
    this.#transaction(() => {
      for (const { userId, at } of users) this.#tables.relations.seen(userId, at)
    })
  }

  /** Keeps who is online, and when that was so. */
  alive(at: number, came: readonly string[]): void {
    // What a power cut takes away of it is some seconds.
    this.#unsynced(() =>
      this.#transaction(() => {
        writeMeta(this.#database, ALIVE_AT, String(at))
        for (const user of came) this.#tables.relations.online(user)
      }),
    )
  }

  /** Whoever was online when the core before this one died was last seen when it last lived. */
  endOnline(): void {
    const at = Number(readMeta(this.#database, ALIVE_AT) ?? 0)
    if (at > 0) this.#transaction(() => this.#tables.relations.endOnline(at))
  }

  dueSends(now: number): DueSend[] {
    return this.#scheduled.due(now, DUE_AT_ONCE)
  }

  /** When the next message disappears or is to be sent. */
  nextDue(): number | undefined {
    return (this.#statements.nextDue.get() as { at: number | null }).at ?? undefined
  }

  /** Writes something, to find out whether that can be done: as much as messages take, for which a disk may be too full when it has room for a word. */
  probe(): void {
    writeMeta(this.#database, 'probe', '-'.repeat(PROBE_BYTES))
    writeMeta(this.#database, 'probe', new Date().toISOString())
  }

  /** Takes all of the WAL into the log's own file. Throws where a reader is in its way. */
  checkpoint(): void {
    const { busy } = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
    if (busy) throw new Error('the WAL is being read')
  }

  close(): void {
    this.#database.close()
  }

  /** Commits without waiting for the disk; the next commit that does waits for this one, too. */
  #unsynced<T>(work: () => T): T {
    this.#database.exec('PRAGMA synchronous = NORMAL')
    try {
      return work()
    } finally {
      this.#database.exec('PRAGMA synchronous = FULL')
    }
  }

  #transaction<T>(work: () => T): T {
    this.#statements.begin.run()
    try {
      const result = work()
      this.#statements.commit.run()
      return result
    } catch (error) {
      this.#tables.forget()
      this.#searchIndex.forget()
      this.#appends.forget()
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
    advance: sql(
      'UPDATE member SET delivered_seq = max(delivered_seq, min(?1, ifnull(until_seq, ?1))), read_seq = max(read_seq, min(?2, ifnull(until_seq, ?2))) WHERE user = ?3 AND conversation = ?4 RETURNING delivered_seq, read_seq',
    ),
    oldest: sql('SELECT id, sent_at FROM message WHERE id > ? ORDER BY id LIMIT ?'),
    nextDue: sql('SELECT min(at) AS at FROM (SELECT min(at) AS at FROM expiry UNION ALL SELECT min(due_at) FROM scheduled)'),
    expire: sql('UPDATE message SET keyed = 0 WHERE id > ? AND id <= ?'),
  }
}
