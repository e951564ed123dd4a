import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AppendFields, StoredOutcome } from '../append-batch.ts'
import { decideOn, type Refused } from '../decide-on.ts'
import type { LogIdentity } from '../log-identity.ts'
import type { LogRules } from '../log-rules.ts'
import { ERASED } from '../message-flags.ts'
import type { MessageRow } from '../reads/rows.ts'
import { rollingDigest } from '../rolling-digest.ts'
import type { Decision } from '../rules/decide.ts'
import { type Follows, followsFrom } from '../rules/follows.ts'
import { EffectWriter, type Written } from './effect-writer.ts'
import { SqliteFacts } from './facts.ts'
import type { ConversationRow } from './name-tables.ts'
import { entryAt } from './places.ts'
import type { ScheduledTable } from './scheduled-table.ts'
import type { Tables } from './tables.ts'

const NOTHING = new Uint8Array(0)

/** How an entry gets into the log: known already, refused by a rule, kept for its time, or stored with what follows from it. */
export class Appends {
  readonly #identity: LogIdentity
  readonly #tables: Tables
  readonly #scheduled: ScheduledTable
  readonly #rules: LogRules
  readonly #facts: SqliteFacts
  readonly #effects: EffectWriter
  readonly #statements: ReturnType<typeof prepare>
  /** Looked up when needed after a transaction that failed. */
  #lastMessage: number | undefined

  constructor(database: DatabaseSync, identity: LogIdentity, parts: { tables: Tables; scheduled: ScheduledTable; rules: LogRules }) {
    this.#identity = identity
    this.#tables = parts.tables
    this.#scheduled = parts.scheduled
    this.#rules = parts.rules
    this.#facts = new SqliteFacts(parts.tables, parts.scheduled)
    this.#effects = new EffectWriter(parts.tables, parts.scheduled, this.#facts)
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
    this.#facts.forget()
  }

  /** A plain 1:1 message that no rule can refuse, where nobody has blocked anybody and everybody may write: nearly all of them, and the fast path. */
  #isFree(message: AppendFields): boolean {
    return (
      !(message.change || message.details || message.sendAt || message.due) &&
      this.#rules.messagesFrom === 'everyone' &&
      !this.#tables.relations.hasBlocks &&
      message.conversationId.startsWith('dm/')
    )
  }

  #store(message: AppendFields, moved: Set<ConversationRow>): StoredOutcome {
    const sender = this.#tables.names.user(message.sender)
    const conversation = this.#tables.names.conversationOrNew(message.conversationId)
    return (
      this.#insert(message, this.#written(message, sender, conversation), moved) ?? this.#repeated(sender, message) ?? { kind: 'conflict' }
    )
  }

  /** Everything else: decided by the rules, then written. A refusal has written nothing but the name of its sender. */
  #storeByRules(message: AppendFields, moved: Set<ConversationRow>): StoredOutcome {
    const sender = this.#tables.names.user(message.sender)
    const repeated = this.#repeated(sender, message)
    // It was sent in the meantime without waiting for its time.
    if (repeated && message.due) this.#scheduled.remove(sender, message.clientMessageId)
    if (repeated) return repeated
    const { conversationId } = message
    const conversation = this.#tables.names.conversation(conversationId)
    const decision = this.#decide(message, conversation, moved)
    if (decision.kind === 'refused' || decision.kind === 'conflict') return decision
    const { effects } = decision
    const written = this.#written(message, sender, conversation ?? this.#tables.names.conversationOrNew(conversationId))
    const outcome = decision.kind === 'store' ? this.#insert(message, written, moved, followsFrom(effects)) : scheduled(decision)
    // The key was looked for, and nobody else writes.
    if (!outcome) throw new Error(`"${message.clientMessageId}" was stored meanwhile`)
    for (const effect of effects) this.#effects.write(effect, written)
    return outcome
  }

  #decide(message: AppendFields, conversation: ConversationRow | undefined, moved: Set<ConversationRow>): Decision | Refused {
    // The entries that the rules look at are found from the last one.
    if (conversation && moved.has(conversation) && (message.change || message.details)) this.#touch(conversation)
    return decideOn({ facts: this.#facts, rules: this.#rules }, message, conversation)
  }

  #touch({ id, lastMessage }: ConversationRow): void {
    this.#statements.touch.run(lastMessage, id)
  }

  #written(message: AppendFields, actor: number, conversation: ConversationRow): Written {
    return { conversation, actor, id: this.lastMessage + 1, seq: conversation.lastSeq + 1, at: message.sentAt }
  }

  /** Undefined where the idempotency key was there. */
  #insert(message: AppendFields, entry: Written, moved: Set<ConversationRow>, follows?: Follows): StoredOutcome | undefined {
    const { conversation, actor, id, seq, at } = entry
    const { clientMessageId, contentType, content, details, change } = message
    const digest = rollingDigest(conversation.digest, seq, message)
    const { changes } = this.#statements.insert.run(
      id,
      conversation.id,
      seq,
      conversation.lastMessage,
      actor,
      clientMessageId,
      at,
      digest,
      details ?? null,
      change ?? null,
      contentType,
      content,
    )
    if (changes === 0) return undefined
    this.#lastMessage = id
    conversation.lastSeq = seq
    conversation.lastMessage = id
    conversation.digest = digest
    moved.add(conversation)
    return { kind: 'stored', follows, seq, messageId: this.#messageId(id), sentAt: at, digest }
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

function scheduled({ sendAt, duplicate }: Extract<Decision, { kind: 'schedule' }>): StoredOutcome {
  return { kind: 'scheduled', sendAt, duplicate }
}

type FirstRow = Omit<MessageRow, 'sender' | 'client_message_id'> & { readonly conversation: number }

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text)
  return {
    insert: sql(
      'INSERT INTO message (id, conversation, seq, previous, sender, client_message_id, sent_at, digest, details, change, content_type, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sender, client_message_id) WHERE keyed DO NOTHING',
    ),
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
