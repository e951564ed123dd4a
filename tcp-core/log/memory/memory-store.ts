import type { Query } from '../../../shared/gen/hawser.ts'
import type { AppendFields } from '../append-batch.ts'
import type {
  Append,
  AppendOutcome,
  AudiencePage,
  AudienceQuery,
  BackupReport,
  DueSend,
  LastSeenAt,
  LogStore,
  MemberPosition,
  PageQuery,
  PageResult,
  Sight,
  SightPair,
  StoredMessage,
  VerifyReport,
} from '../log-store.ts'
import { rollingDigest } from '../rolling-digest.ts'
import type { MemoryTables } from './memory-tables.ts'
import type { MemoryState } from './state.ts'

/** A LogStore that forgets with its process. What is appended in one turn of the event loop is stored, and settled, after it. */
export class MemoryStore implements LogStore {
  readonly fault = undefined
  readonly #tables: MemoryTables
  #queue: Append[] = []
  #isClosed = false

  /** A store that was closed goes on as another one over the same tables. */
  constructor(tables: MemoryTables) {
    this.#tables = tables
  }

  append(message: Append): void {
    if (this.#queue.push(message) === 1) setImmediate(() => this.#commit())
  }

  async page(query: PageQuery): Promise<PageResult> {
    return this.#tables.reads.page(query)
  }

  async query(userId: string, query: Query): Promise<Uint8Array> {
    return this.#tables.reads.query(userId, query)
  }

  async list(userId: string, cursor: string, limit: number): Promise<Uint8Array> {
    return this.#tables.reads.list(userId, cursor, limit)
  }

  /** In one part: nothing comes in between. */
  async audience({ conversationId }: AudienceQuery): Promise<AudiencePage> {
    const asked = { conversationId, afterUser: 0, leftSince: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER }
    return { members: this.#tables.reads.audience(asked).members, next: '' }
  }

  async sights(pairs: readonly SightPair[]): Promise<readonly (Sight | undefined)[]> {
    return this.#tables.reads.sights(pairs)
  }

  async blocks(users: readonly string[]): Promise<readonly (readonly string[])[]> {
    return this.#tables.reads.blocks(users)
  }

  async find(messageId: string): Promise<StoredMessage | undefined> {
    return this.#tables.reads.find(messageId)
  }

  async seen(users: readonly LastSeenAt[]): Promise<void> {
    this.#tables.seen(users)
  }

  async alive(at: number, came: readonly string[]): Promise<void> {
    this.#tables.alive(at, came)
  }

  async dueSends(now: number): Promise<readonly DueSend[]> {
    return this.#tables.dueSends(now)
  }

  async nextDue(): Promise<number | undefined> {
    return this.#tables.nextDue()
  }

  async expireMessages(now: number): Promise<void> {
    this.#tables.expireMessages(now)
  }

  async expireIds(sentBefore: number): Promise<void> {
    this.#tables.expireIds(sentBefore)
  }

  async advance(positions: readonly MemberPosition[]): Promise<MemberPosition[]> {
    return this.#tables.advance(positions)
  }

  /** Rejects: there is no file. */
  async backup(path: string): Promise<BackupReport> {
    throw new Error(`a log in memory has no backup, and "${path}" was not made`)
  }

  async verify(): Promise<VerifyReport> {
    const { users, conversations, entries } = this.#tables.state
    const counts = { messages: entries.length, conversations: conversations.size, users: users.size }
    return { path: '', ...counts, milliseconds: 0, findings: findings(this.#tables.state) }
  }

  async close(): Promise<void> {
    this.#commit()
    this.#isClosed = true
  }

  #commit(): void {
    const batch = this.#queue
    this.#queue = []
    if (this.#isClosed) {
      const cause = new Error('the log is closed')
      for (const message of batch) message.settled({ kind: 'failed', cause })
      return
    }
    const outcomes = this.#tables.append(batch satisfies readonly AppendFields[])
    for (const [at, message] of batch.entries()) message.settled(outcomes[at] as AppendOutcome)
  }
}

/** Entries whose digest is not that of what they hold, where nothing was taken out of them. */
function findings({ conversations }: MemoryState): string[] {
  const found: string[] = []
  for (const { name, epoch, entries } of conversations.values()) {
    let digest = epoch
    for (const entry of entries) {
      const { seq, sender, client_message_id: clientMessageId, content_type: contentType, content } = entry
      const own = rollingDigest(digest, seq, {
        sender,
        clientMessageId,
        contentType,
        content,
        details: entry.details ?? undefined,
        change: entry.change ?? undefined,
      })
      if (entry.flags === 0 && own !== entry.digest) found.push(`${name} ${seq}: its digest is not that of its content`)
      digest = entry.digest
    }
  }
  return found
}
