import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { RequestError } from '../../shared/errors.ts'
import { type Change, type Details, type MessageList, readChange, readDetails, type SearchQuery } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import type { AppendFields, StoredOutcome } from './append-batch.ts'
import { Changes } from './changes/apply-change.ts'
import { type Entry, unknownConversation } from './changes/entry.ts'
import { SendRules } from './changes/send-rules.ts'
import { type LogIdentity, openIdentity, readMeta, writeMeta } from './log-identity.ts'
import { DEFAULT_LOG_RULES, type LogRules } from './log-rules.ts'
import type { LastSeenAt, MemberPosition } from './log-store.ts'
import { ERASED } from './message-flags.ts'
import type { ConversationRow } from './name-tables.ts'
import { PresenceReads } from './presence-reads.ts'
import { Queries } from './queries.ts'
import { rollingDigest } from './rolling-digest.ts'
import { migrate } from './schema.ts'
import { Search } from './search.ts'
import { SearchIndex } from './search-index.ts'
import { SqliteReads } from './sqlite-reads.ts'
import { type DueSend, ScheduledTable } from './state/scheduled-table.ts'
import { Tables } from './state/tables.ts'
import { Views } from './views.ts'

/** Messages that disappear in one transaction. */
const EXPIRE_AT_ONCE = 500
const DUE_AT_ONCE = 500
const PROBE_BYTES = 1024 * 1024
/** Entries that are taken into the search index in one transaction: some milliseconds. */
const INDEX_AT_ONCE = 100
/** Such transactions before a search is answered. */
const INDEX_FOR_SEARCH = 20

/**
 * The log in one SQLite file, used by the storage thread alone. Every method is synchronous;
 * one call of `append` is one transaction and one fsync, however many messages it stores.
 */
export class SqliteLog {
  readonly reads: SqliteReads
  readonly queries: Queries
  readonly presence: PresenceReads
  readonly identity: LogIdentity
  readonly #database: DatabaseSync
  readonly #tables: Tables
  readonly #scheduled: ScheduledTable
  readonly #sendRules: SendRules
  readonly #changes: Changes
  readonly #searchIndex: SearchIndex
  readonly #search: Search
  readonly #rules: LogRules
  readonly #statements: ReturnType<typeof prepare>
  /** Looked up when needed after a transaction that failed. */
  #lastMessage: number | undefined

  /** `now` says when messages have disappeared. */
  constructor(path: string, rules: LogRules = DEFAULT_LOG_RULES, now: () => number = Date.now) {
    this.#database = new DatabaseSync(path)
    this.#rules = rules
    migrate(this.#database)
    this.identity = openIdentity(this.#database)
    this.#tables = new Tables(this.#database)
    this.#scheduled = new ScheduledTable(this.#database)
    this.#sendRules = new SendRules(this.#tables, rules)
    this.#changes = new Changes(this.#tables, this.#scheduled, rules)
    this.#statements = prepare(this.#database)
    const views = new Views(this.#database, this.identity, this.#tables, now)
    this.reads = new SqliteReads(this.#database, this.identity, this.#tables, views, now)
    this.#searchIndex = new SearchIndex(this.#database)
    this.#search = new Search(this.#database, this.#searchIndex, views)
    this.queries = new Queries(this.#tables, this.#scheduled, views, (userId, query) => this.#answerSearch(userId, query))
    this.presence = new PresenceReads(this.#database, this.#tables)
  }

  /** Stores all or, throwing, none; what the rules refuse is refused by itself. */
  append(messages: readonly AppendFields[]): StoredOutcome[] {
    return this.#transaction(() => {
      const moved = new Map<number, number>()
      const outcomes = messages.map((message) => (this.#isFree(message) ? this.#store(message, moved) : this.#storeByRules(message, moved)))
      for (const [conversation, last] of moved) this.#statements.touch.run(last, conversation)
      return outcomes
    })
  }

  advance(positions: readonly MemberPosition[]): MemberPosition[] {
    // What only says that something was delivered may be forgotten in a power cut: it is delivered again.
    const isRead = positions.some(({ readSeq }) => readSeq > 0)
    return isRead ? this.#advance(positions) : this.#unsynced(() => this.#advance(positions))
  }

  #advance(positions: readonly MemberPosition[]): MemberPosition[] {
    return this.#transaction(() =>
      positions.map((position) => {
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

  /** Takes out the content of messages that have disappeared by `now`. Says whether there may be more. */
  expireMessages(now: number): boolean {
    return this.#transaction(() => {
      const expired = this.#tables.messages.expire(now, EXPIRE_AT_ONCE)
      this.#searchIndex.remove(expired)
      return expired.length === EXPIRE_AT_ONCE
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

  dueSends(now: number): DueSend[] {
    return this.#scheduled.due(now, DUE_AT_ONCE)
  }

  /** When the next message disappears or is to be sent. */
  nextDue(): number | undefined {
    return (this.#statements.nextDue.get() as { at: number | null }).at ?? undefined
  }

  /** A message that was kept for its time will not be sent. */
  dropScheduled(sender: string, clientMessageId: string): void {
    const user = this.#tables.names.knownUser(sender)
    if (user !== undefined) this.#scheduled.remove(user, clientMessageId)
  }

  /** Writes something, to find out whether that can be done: as much as messages take, for which a disk may be too full when it has room for a word. */
  probe(): void {
    writeMeta(this.#database, 'probe', '-'.repeat(PROBE_BYTES))
    writeMeta(this.#database, 'probe', new Date().toISOString())
  }

  close(): void {
    this.#database.close()
  }

  /** What was stored just now is found, too, unless the index is far behind. */
  #answerSearch(userId: string, query: SearchQuery): MessageList {
    if (this.#rules.search === 'off') throw new RequestError('forbidden', 'Messages cannot be searched for here.')
    try {
      for (let i = 0; i < INDEX_FOR_SEARCH && this.index(); i++);
    } catch {
      // A log that cannot be written can be searched as far as it is indexed.
    }
    return this.#search.answer(userId, query)
  }

  /** A plain 1:1 message that no rule can refuse: nearly all of them, and the fast path. */
  #isFree(message: AppendFields): boolean {
    return (
      !(message.change || message.details || message.sendAt || message.due) &&
      this.#sendRules.directIsFree &&
      message.conversationId.startsWith('dm/')
    )
  }

  #store(message: AppendFields, moved: Map<number, number>): StoredOutcome {
    const sender = this.#tables.names.user(message.sender)
    const conversation = this.#tables.names.conversationOrNew(message.conversationId)
    const entry = this.#entry(message, sender, conversation)
    const digest = this.#insert(message, entry)
    if (digest === undefined) return this.#repeated(sender, message) ?? { kind: 'conflict' }
    return this.#stored(entry, digest, moved)
  }

  /** Everything else: looked at by the rules, and undone as a whole where they refuse it. */
  #storeByRules(message: AppendFields, moved: Map<number, number>): StoredOutcome {
    const sender = this.#tables.names.user(message.sender)
    const repeated = this.#repeated(sender, message)
    // It was sent in the meantime without waiting for its time.
    if (repeated && message.due) this.#scheduled.remove(sender, message.clientMessageId)
    if (repeated) return repeated
    this.#tables.mark()
    this.#statements.savepoint.run()
    try {
      const outcome = this.#applyRules(message, sender, moved)
      this.#statements.release.run()
      return outcome
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      this.#statements.rollbackTo.run()
      this.#statements.release.run()
      this.#tables.undo()
      // It will never be sent: nobody is there any more to change it.
      if (message.due) this.#scheduled.remove(sender, message.clientMessageId)
      const { code, message: why, field, retryAfterMs } = error
      return { kind: 'refused', code, message: why, field, retryAfterMs }
    }
  }

  #applyRules(message: AppendFields, sender: number, moved: Map<number, number>): StoredOutcome {
    const change = message.change && readChange(new ProtobufReader(message.change))
    const details = message.details && readDetails(new ProtobufReader(message.details))
    const conversation = this.#conversationFor(message.conversationId, change)
    const entry = this.#entry(message, sender, conversation)
    if (!change) this.#sendRules.check(entry, details)
    if (message.sendAt && message.sendAt > message.sentAt) return this.#schedule(message, sender, message.sendAt, details)
    if (message.due) this.#scheduled.remove(sender, message.clientMessageId)
    const digest = this.#insert(message, entry)
    if (digest === undefined) return { kind: 'conflict' }
    if (change) this.#changes.apply(entry, change)
    else if (details) {
      const flags = this.#sendRules.keep(entry, details)
      if (flags > 0) this.#statements.flag.run(flags, entry.id)
    }
    return this.#stored(entry, digest, moved, change ? this.#newcomersFrom(entry, change) : 0)
  }

  /** A group may hide its past from those who come. */
  #newcomersFrom({ conversation, seq }: Entry, change: Change): number {
    const comes = change.add || change.join
    return comes && this.#tables.groups.find(conversation.id)?.profile.settings?.hideHistory ? seq - 1 : 0
  }

  /** Only a change that makes one may come to a group that is not there. */
  #conversationFor(conversationId: string, change: Change | undefined): ConversationRow {
    const { names } = this.#tables
    if (!conversationId.startsWith('group/') || change?.create) return names.conversationOrNew(conversationId)
    const conversation = names.conversation(conversationId)
    if (!conversation) throw unknownConversation()
    return conversation
  }

  #schedule(message: AppendFields, sender: number, sendAt: number, details: Details | undefined): StoredOutcome {
    const { clientMessageId, conversationId, contentType, content } = message
    const kept = this.#scheduled.add(sender, { clientMessageId, toUser: '', conversationId, contentType, content, details }, sendAt)
    return kept === 'conflict' ? { kind: 'conflict' } : { kind: 'scheduled', sendAt, duplicate: kept === 'duplicate' }
  }

  #entry(message: AppendFields, actor: number, conversation: ConversationRow): Entry {
    this.#lastMessage ??= this.#findLastMessage()
    const seq = conversation.lastSeq + 1
    return { conversation, actor, actorName: message.sender, id: this.#lastMessage + 1, seq, at: message.sentAt }
  }

  /** Gives the digest; undefined where the idempotency key was there. */
  #insert(message: AppendFields, { conversation, actor, id, seq }: Entry): number | undefined {
    const { clientMessageId, sentAt, contentType, content, details, change } = message
    const digest = rollingDigest(conversation.digest, seq, message)
    const { changes } = this.#statements.insert.run(
      id,
      conversation.id,
      seq,
      actor,
      clientMessageId,
      sentAt,
      digest,
      details ?? null,
      change ?? null,
      contentType,
      content,
    )
    return changes === 0 ? undefined : digest
  }

  #stored({ conversation, id, seq, at }: Entry, digest: number, moved: Map<number, number>, newcomersFrom = 0): StoredOutcome {
    this.#lastMessage = id
    conversation.lastSeq = seq
    conversation.digest = digest
    moved.set(conversation.id, id)
    return { kind: 'stored', newcomersFrom, seq, messageId: this.#messageId(id), sentAt: at, digest }
  }

  /** The same message as one stored before, or another under its id (S3); undefined if the id is new. */
  #repeated(sender: number, message: AppendFields): StoredOutcome | undefined {
    const first = this.#statements.byClientId.get(sender, message.clientMessageId) as FirstRow | undefined
    if (!first) return undefined
    const conversation = this.#tables.names.conversation(message.conversationId)
    if (conversation?.id !== first.conversation || !this.#isSame(first, message)) return { kind: 'conflict' }
    return { kind: 'duplicate', seq: first.seq, messageId: this.#messageId(first.id), sentAt: first.sent_at, digest: first.digest }
  }

  #isSame(first: FirstRow, message: AppendFields): boolean {
    // What was taken out of it is still in its digest.
    if (first.flags & ERASED) {
      const before = this.#statements.digestBefore.get(first.conversation, first.seq - 1, first.conversation) as { digest: number }
      return first.digest === rollingDigest(before.digest, first.seq, message)
    }
    return (
      first.content_type === message.contentType &&
      Buffer.compare(first.content, message.content) === 0 &&
      Buffer.compare(first.details ?? NOTHING, message.details ?? NOTHING) === 0 &&
      Buffer.compare(first.change ?? NOTHING, message.change ?? NOTHING) === 0
    )
  }

  #messageId(id: number): string {
    return `${this.identity.idPrefix}-${id.toString(36)}`
  }

  #findLastMessage(): number {
    const { id } = this.#statements.lastMessage.get() as { id: number | null }
    return Math.max(id ?? 0, this.identity.lastGivenId)
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
    this.#tables.mark()
    this.#statements.begin.run()
    try {
      const result = work()
      this.#statements.commit.run()
      return result
    } catch (error) {
      this.#tables.forget()
      this.#searchIndex.forget()
      this.#lastMessage = undefined
      if (this.#database.isTransaction) this.#statements.rollback.run()
      throw error
    }
  }
}

const NOTHING = new Uint8Array(0)

interface FirstRow {
  readonly id: number
  readonly conversation: number
  readonly seq: number
  readonly sent_at: number
  readonly digest: number
  readonly flags: number
  readonly content_type: string
  readonly content: Uint8Array
  readonly details: Uint8Array | null
  readonly change: Uint8Array | null
}

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text)
  return {
    begin: sql('BEGIN IMMEDIATE'),
    commit: sql('COMMIT'),
    rollback: sql('ROLLBACK'),
    savepoint: sql('SAVEPOINT entry'),
    release: sql('RELEASE entry'),
    rollbackTo: sql('ROLLBACK TO entry'),
    insert: sql(
      'INSERT INTO message (id, conversation, seq, sender, client_message_id, sent_at, digest, details, change, content_type, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sender, client_message_id) WHERE keyed DO NOTHING',
    ),
    flag: sql('UPDATE message SET flags = ? WHERE id = ?'),
    byClientId: sql(
      'SELECT id, conversation, seq, sent_at, digest, flags, content_type, content, details, change FROM message WHERE sender = ? AND client_message_id = ? AND keyed',
    ),
    digestBefore: sql(
      'SELECT ifnull((SELECT digest FROM message WHERE conversation = ? AND seq = ?), (SELECT epoch FROM conversation WHERE id = ?)) AS digest',
    ),
    lastMessage: sql('SELECT max(id) AS id FROM message'),
    touch: sql('UPDATE conversation SET last_message = ? WHERE id = ?'),
    advance: sql(
      'UPDATE member SET delivered_seq = max(delivered_seq, min(?1, ifnull(until_seq, ?1))), read_seq = max(read_seq, min(?2, ifnull(until_seq, ?2))) WHERE user = ?3 AND conversation = ?4 RETURNING delivered_seq, read_seq',
    ),
    oldest: sql('SELECT id, sent_at FROM message WHERE id > ? ORDER BY id LIMIT ?'),
    nextDue: sql('SELECT min(at) AS at FROM (SELECT min(at) AS at FROM expiry UNION ALL SELECT min(send_at) FROM scheduled)'),
    expire: sql('UPDATE message SET keyed = 0 WHERE id > ? AND id <= ?'),
  }
}
