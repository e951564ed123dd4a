import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { RequestError } from '../../shared/errors.ts'
import { type Change, type Details, readChange, readDetails } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import type { AppendFields, StoredOutcome } from './append-batch.ts'
import { Changes } from './changes/apply-change.ts'
import type { Entry } from './changes/entry.ts'
import { SendRules } from './changes/send-rules.ts'
import type { LogIdentity } from './log-identity.ts'
import type { LogRules } from './log-rules.ts'
import { ERASED } from './message-flags.ts'
import { entryAt } from './places.ts'
import { rollingDigest } from './rolling-digest.ts'
import { unknownConversation } from './rules/refusals.ts'
import type { ConversationRow } from './sqlite/name-tables.ts'
import type { ScheduledTable } from './sqlite/scheduled-table.ts'
import type { Tables } from './sqlite/tables.ts'
import type { MessageRow } from './views.ts'

const NOTHING = new Uint8Array(0)

/** How an entry gets into the log: known already, refused by a rule, kept for its time, or stored with what follows from it. */
export class Appends {
  readonly #identity: LogIdentity
  readonly #tables: Tables
  readonly #scheduled: ScheduledTable
  readonly #sendRules: SendRules
  readonly #changes: Changes
  readonly #statements: ReturnType<typeof prepare>
  /** Looked up when needed after a transaction that failed. */
  #lastMessage: number | undefined

  constructor(database: DatabaseSync, identity: LogIdentity, parts: { tables: Tables; scheduled: ScheduledTable; rules: LogRules }) {
    this.#identity = identity
    this.#tables = parts.tables
    this.#scheduled = parts.scheduled
    this.#sendRules = new SendRules(parts.tables, parts.rules)
    this.#changes = new Changes(parts.tables, parts.scheduled, parts.rules)
    this.#statements = prepare(database)
  }

  /** The row of the last entry. */
  get lastMessage(): number {
    this.#lastMessage ??= this.#findLastMessage()
    return this.#lastMessage
  }

  /** In a transaction. Throws where the file cannot be read or written; what the rules refuse is refused by itself. */
  append(messages: readonly AppendFields[]): StoredOutcome[] {
    const moved = new Set<ConversationRow>()
    const outcomes = messages.map((message) => (this.#isFree(message) ? this.#store(message, moved) : this.#storeByRules(message, moved)))
    for (const conversation of moved) this.#touch(conversation)
    return outcomes
  }

  /** The transaction failed. */
  forget(): void {
    this.#lastMessage = undefined
  }

  /** A plain 1:1 message that no rule can refuse: nearly all of them, and the fast path. */
  #isFree(message: AppendFields): boolean {
    return (
      !(message.change || message.details || message.sendAt || message.due) &&
      this.#sendRules.directIsFree &&
      message.conversationId.startsWith('dm/')
    )
  }

  #store(message: AppendFields, moved: Set<ConversationRow>): StoredOutcome {
    const sender = this.#tables.names.user(message.sender)
    const conversation = this.#tables.names.conversationOrNew(message.conversationId)
    const entry = this.#entry(message, sender, conversation)
    const digest = this.#insert(message, entry)
    if (digest === undefined) return this.#repeated(sender, message) ?? { kind: 'conflict' }
    return this.#stored(entry, digest, moved)
  }

  /** Everything else: looked at by the rules, and undone as a whole where they refuse it. */
  #storeByRules(message: AppendFields, moved: Set<ConversationRow>): StoredOutcome {
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
      const { code, message: why, field, retryAfterMs } = error
      return { kind: 'refused', code, message: why, field, retryAfterMs }
    }
  }

  #applyRules(message: AppendFields, sender: number, moved: Set<ConversationRow>): StoredOutcome {
    const change = message.change && readChange(new ProtobufReader(message.change))
    const details = message.details && readDetails(new ProtobufReader(message.details))
    const conversation = this.#conversationFor(message.conversationId, change)
    // The entries that the rules look at are found from the last one.
    if (moved.has(conversation) && (change || details)) this.#touch(conversation)
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

  #touch({ id, lastMessage }: ConversationRow): void {
    this.#statements.touch.run(lastMessage, id)
  }

  #entry(message: AppendFields, actor: number, conversation: ConversationRow): Entry {
    const seq = conversation.lastSeq + 1
    return {
      conversation,
      actor,
      actorName: message.sender,
      bySystem: message.system === true,
      id: this.lastMessage + 1,
      seq,
      at: message.sentAt,
    }
  }

  /** Gives the digest; undefined where the idempotency key was there. */
  #insert(message: AppendFields, { conversation, actor, id, seq }: Entry): number | undefined {
    const { clientMessageId, sentAt, contentType, content, details, change } = message
    const digest = rollingDigest(conversation.digest, seq, message)
    const { changes } = this.#statements.insert.run(
      id,
      conversation.id,
      seq,
      conversation.lastMessage,
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

  #stored({ conversation, id, seq, at }: Entry, digest: number, moved: Set<ConversationRow>, newcomersFrom = 0): StoredOutcome {
    this.#lastMessage = id
    conversation.lastSeq = seq
    conversation.lastMessage = id
    conversation.digest = digest
    moved.add(conversation)
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
      const before = this.#statements.digestBefore.get(first.conversation, first.seq - 1) as { digest: number }
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
    return `${this.#identity.idPrefix}-${id.toString(36)}`
  }

  #findLastMessage(): number {
    const { id } = this.#statements.lastMessage.get() as { id: number | null }
    return Math.max(id ?? 0, this.#identity.lastGivenId)
  }
}

type FirstRow = Omit<MessageRow, 'sender' | 'client_message_id'> & { readonly conversation: number }

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text)
  return {
    savepoint: sql('SAVEPOINT entry'),
    release: sql('RELEASE entry'),
    rollbackTo: sql('ROLLBACK TO entry'),
    insert: sql(
      'INSERT INTO message (id, conversation, seq, previous, sender, client_message_id, sent_at, digest, details, change, content_type, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sender, client_message_id) WHERE keyed DO NOTHING',
    ),
    flag: sql('UPDATE message SET flags = ? WHERE id = ?'),
    byClientId: sql(
      'SELECT id, conversation, seq, sent_at, digest, flags, content_type, content, details, change FROM message WHERE sender = ? AND client_message_id = ? AND keyed',
    ),
    digestBefore: sql(
      `SELECT ifnull((SELECT digest FROM message WHERE id = ${entryAt('?1', '?2')}), (SELECT epoch FROM conversation WHERE id = ?1)) AS digest`,
    ),
    lastMessage: sql('SELECT max(id) AS id FROM message'),
    touch: sql('UPDATE conversation SET last_message = ? WHERE id = ?'),
  }
}
