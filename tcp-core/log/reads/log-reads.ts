import { RequestError } from '../../../shared/errors.ts'
import type { MessageList, Query, SearchQuery } from '../../../shared/gen/hawser.ts'
import type { LogIdentity } from '../log-identity.ts'
import type { LogRules } from '../log-rules.ts'
import type { PageQuery, PageResult, Sight, SightPair, StoredMessage } from '../log-store.ts'
import type { MembersAsked, MembersFound } from '../operations.ts'
import { Pages } from './pages.ts'
import { PresenceReads } from './presence-reads.ts'
import { Queries } from './queries.ts'
import type { LogRows } from './rows.ts'
import { Search } from './search.ts'
import { Views } from './views.ts'

interface Parts {
  readonly rules: LogRules
  /** When messages have disappeared, in milliseconds since 1970. */
  readonly now: () => number
  /** Called before a search. */
  readonly beforeSearch?: () => void
}

/** All that the log is asked and that changes nothing of it, over the rows of any store. */
export class LogReads {
  readonly #pages: Pages
  readonly #queries: Queries
  readonly #presence: PresenceReads
  readonly #search: Search
  readonly #parts: Parts

  constructor(rows: LogRows, identity: LogIdentity, parts: Parts) {
    const views = new Views(rows, identity, parts.now)
    this.#parts = parts
    this.#pages = new Pages(rows, identity, views, parts.now)
    this.#search = new Search(rows, views)
    this.#queries = new Queries(rows, views, (userId, query) => this.#answerSearch(userId, query))
    this.#presence = new PresenceReads(rows)
  }

  /** Throws RequestError `conversation_unknown`. */
  page(query: PageQuery): PageResult {
    return this.#pages.page(query)
  }

  /** An encoded SyncAck. */
  list(userId: string, cursor: string, limit: number): Uint8Array {
    return this.#pages.list(userId, cursor, limit)
  }

  /** An encoded Answer. Throws RequestError. */
  query(userId: string, query: Query): Uint8Array {
    return this.#queries.answer(userId, query)
  }

  audience(asked: MembersAsked): MembersFound {
    return this.#pages.audience(asked)
  }

  sights(pairs: readonly SightPair[]): (Sight | undefined)[] {
    return this.#presence.sights(pairs)
  }

  blocks(users: readonly string[]): string[][] {
    return this.#presence.blocks(users)
  }

  find(messageId: string): StoredMessage | undefined {
    return this.#pages.find(messageId)
  }

  #answerSearch(userId: string, query: SearchQuery): MessageList {
    if (this.#parts.rules.search === 'off') throw new RequestError('forbidden', 'Messages cannot be searched for here.')
    this.#parts.beforeSearch?.()
    return this.#search.answer(userId, query)
  }
}
