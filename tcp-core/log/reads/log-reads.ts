import type { DatabaseSync } from 'node:sqlite'
import { RequestError } from '../../../shared/errors.ts'
import type { MessageList, Query, SearchQuery } from '../../../shared/gen/hawser.ts'
import type { LogIdentity } from '../log-identity.ts'
import type { LogRules } from '../log-rules.ts'
import type { PageQuery, PageResult, Sight, SightPair, StoredMessage } from '../log-store.ts'
import type { MembersAsked, MembersFound } from '../operations.ts'
import { PresenceReads } from '../presence-reads.ts'
import { Queries } from '../queries.ts'
import { Search } from '../search.ts'
import { SearchIndex } from '../search-index.ts'
import { ScheduledTable } from '../sqlite/scheduled-table.ts'
import type { Tables } from '../sqlite/tables.ts'
import { SqliteReads } from '../sqlite-reads.ts'
import { Views } from '../views.ts'

interface Parts {
  readonly tables: Tables
  readonly rules: LogRules
  /** When messages have disappeared, in milliseconds since 1970. */
  readonly now: () => number
  /** Called before a search. */
  readonly beforeSearch?: () => void
}

/** All that the log is asked and that changes nothing of it. */
export class LogReads {
  readonly #reads: SqliteReads
  readonly #queries: Queries
  readonly #presence: PresenceReads
  readonly #search: Search
  readonly #parts: Parts

  constructor(database: DatabaseSync, identity: LogIdentity, parts: Parts) {
    const { tables, now } = parts
    const views = new Views(database, identity, tables, now)
    this.#parts = parts
    this.#reads = new SqliteReads(database, identity, tables, views, now)
    this.#search = new Search(database, new SearchIndex(database), views)
    this.#queries = new Queries(tables, new ScheduledTable(database), views, (userId, query) => this.#answerSearch(userId, query))
    this.#presence = new PresenceReads(database, tables)
  }

  /** Throws RequestError `conversation_unknown`. */
  page(query: PageQuery): PageResult {
    return this.#reads.page(query)
  }

  /** An encoded SyncAck. */
  list(userId: string, cursor: string, limit: number): Uint8Array {
    return this.#reads.list(userId, cursor, limit)
  }

  /** An encoded Answer. Throws RequestError. */
  query(userId: string, query: Query): Uint8Array {
    return this.#queries.answer(userId, query)
  }

  audience(asked: MembersAsked): MembersFound {
    return this.#reads.audience(asked)
  }

  sights(pairs: readonly SightPair[]): (Sight | undefined)[] {
    return this.#presence.sights(pairs)
  }

  blocks(users: readonly string[]): string[][] {
    return this.#presence.blocks(users)
  }

  find(messageId: string): StoredMessage | undefined {
    return this.#reads.find(messageId)
  }

  #answerSearch(userId: string, query: SearchQuery): MessageList {
    if (this.#parts.rules.search === 'off') throw new RequestError('forbidden', 'Messages cannot be searched for here.')
    this.#parts.beforeSearch?.()
    return this.#search.answer(userId, query)
  }
}
