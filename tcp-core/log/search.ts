import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { RequestError } from '../../shared/errors.ts'
import type { Message, MessageList, SearchQuery } from '../../shared/gen/hawser.ts'
import { checkText } from '../fields.ts'
import { EDITED } from './message-flags.ts'
import { SearchHits } from './search-hits.ts'
import { partOf, type SearchIndex, seqBefore } from './search-index.ts'
import { hasTerms, type SearchTerm, termsOf, wordsOf } from './search-words.ts'
import { MESSAGE_COLUMNS, type MessageRow, type SqliteReads, type View } from './sqlite-reads.ts'

const LIMIT = { default: 50, max: 100 }
const MAX_TERMS = 16
/** What one request looks at, so that none takes long: then it answers with what it has, and a cursor. */
const MAX_PARTS = 500
const MAX_CANDIDATES = 2000
/** Rows that are asked of the index at a time. */
const AT_ONCE = 128

/** A part of a conversation that has not been looked through. */
interface Part {
  readonly conversationId: string
  /** The highest row that it can have. */
  readonly last: number
  /** Undefined as long as nothing of the conversation has been looked at: it is the last part then. */
  readonly place: Place | undefined
}

interface Place {
  readonly view: View
  readonly part: number
}

/** A request on its way. */
interface Hunt {
  readonly userId: string
  readonly terms: readonly SearchTerm[]
  readonly sender: number | undefined
  readonly sentFrom: number
  readonly sentBefore: number
  /** Rows from here on were in pages before. */
  readonly before: number
  /** The one that can have the latest message last. */
  readonly parts: Part[]
  readonly hits: SearchHits
  candidates: number
}

/**
 * Answers searches. Conversations are looked through part by part, the one with the latest
 * message first, until none can have anything later than what was found. What the index
 * gives is then read as any message is, so that nobody finds what is not his to see.
 */
export class Search {
  readonly #index: SearchIndex
  readonly #reads: SqliteReads
  readonly #conversations: StatementSync
  readonly #user: StatementSync
  readonly #rowAt: StatementSync
  readonly #one: StatementSync

  constructor(database: DatabaseSync, index: SearchIndex, reads: SqliteReads) {
    this.#index = index
    this.#reads = reads
    this.#conversations = database.prepare(
      `SELECT c.name, ifnull(mb.until_message, c.last_message) AS last FROM member mb JOIN conversation c ON c.id = mb.conversation
       WHERE mb.user = (SELECT id FROM user WHERE name = ?1) AND (?2 = '' OR c.name = ?2) ORDER BY last`,
    )
    this.#user = database.prepare('SELECT id FROM user WHERE name = ?')
    this.#rowAt = database.prepare('SELECT id FROM message WHERE conversation = ? AND seq = ?')
    this.#one = database.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM message m JOIN user u ON u.id = m.sender WHERE m.id = ? AND m.conversation = ?`,
    )
  }

  /** Throws RequestError. */
  answer(userId: string, query: SearchQuery): MessageList {
    const terms = checkedTerms(query)
    const before = rowBefore(query.cursor)
    const parts = this.#partsOf(userId, query.conversationId)
    const sender = query.sender === '' ? undefined : (this.#user.get(query.sender) as { id: number } | undefined)
    // Nobody of that name has said anything.
    if (query.sender !== '' && !sender) return { messages: [], nextCursor: '' }
    const hits = new SearchHits(query.limit === 0 ? LIMIT.default : Math.min(query.limit, LIMIT.max))
    const { sentFrom } = query
    const sentBefore = query.sentBefore || Number.MAX_SAFE_INTEGER
    return hits.page(this.#run({ userId, terms, sender: sender?.id, sentFrom, sentBefore, before, parts, hits, candidates: 0 }))
  }

  #partsOf(userId: string, conversationId: string): Part[] {
    // Y4: what is asked for by its name is the user's, or unknown.
    if (conversationId !== '' && !this.#reads.view(userId, conversationId)) return []
    const rows = this.#conversations.all(userId, conversationId) as { name: string; last: number }[]
    return rows.map(({ name, last }) => ({ conversationId: name, last, place: undefined }))
  }

  /** Gives the row up to which nothing was looked at, 0 if there is none. */
  #run(hunt: Hunt): number {
    for (let looked = 0; ; looked++) {
      const next = hunt.parts.pop()
      if (!next) return 0
      if (hunt.hits.areLaterThan(next.last) || looked === MAX_PARTS || hunt.candidates >= MAX_CANDIDATES) return next.last
      const place = next.place ?? this.#lastPart(hunt, next.conversationId)
      if (place) this.#lookThrough(hunt, next, place)
    }
  }

  /** The last part of a conversation that begins before the rows of pages before. */
  #lastPart({ userId, before }: Hunt, conversationId: string): Place | undefined {
    const view = this.#reads.view(userId, conversationId)
    if (!view) return undefined
    let part = partOf(view.lastSeq)
    while (part > 0 && this.#row(view, seqBefore(part) + 1) >= before) part--
    return { view, part }
  }

  #lookThrough(hunt: Hunt, { conversationId, last }: Part, place: Place): void {
    const { terms, sender, hits, parts } = hunt
    const { view, part } = place
    let before = Math.min(hunt.before, last + 1)
    for (let found = AT_ONCE; found === AT_ONCE; ) {
      if (hunt.candidates >= MAX_CANDIDATES) return addPart(parts, { conversationId, last: before - 1, place })
      const ids = this.#index.find({ conversation: view.conversation, part, terms, sender }, before, AT_ONCE)
      for (const id of ids) {
        // All that follows is older than what there is already.
        if (hits.areLaterThan(id)) return
        const message = this.#read(hunt, view, id)
        if (message) hits.add(id, message)
      }
      found = ids.length
      hunt.candidates += found
      before = ids.at(-1) ?? before
    }
    const end = seqBefore(part)
    if (end > view.beginSeq) addPart(parts, { conversationId, last: this.#row(view, end), place: { view, part: part - 1 } })
  }

  /** The message, if it is one that is looked for and the user may see it. */
  #read({ terms, sentFrom, sentBefore }: Hunt, view: View, id: number): Message | undefined {
    const row = this.#one.get(id, view.conversation) as MessageRow | undefined
    if (!row || row.seq <= view.beginSeq || row.seq > view.lastSeq) return undefined
    if (row.sent_at < sentFrom || row.sent_at >= sentBefore) return undefined
    const message = this.#reads.message(view, row)
    // It is gone, or has become what is not to be known to this user (G5).
    if (message.content.length === 0) return undefined
    // The index may still have the words of before an edit, which are nobody's to find.
    if (row.flags & EDITED && !hasTerms(wordsOf(utf8.decode(message.content)), terms)) return undefined
    return message
  }

  #row({ conversation }: View, seq: number): number {
    return (this.#rowAt.get(conversation, seq) as { id: number } | undefined)?.id ?? 0
  }
}

const utf8 = new TextDecoder()

/** Y7 */
function checkedTerms({ text, sender }: SearchQuery): SearchTerm[] {
  checkText('text', text, { min: 0, max: 512 })
  const terms = termsOf(text)
  const invalid = (why: string) => new RequestError('field_invalid', `"text" ${why}.`, { field: 'text' })
  if (terms.length > MAX_TERMS) throw invalid(`has ${terms.length} words; at most ${MAX_TERMS} are taken`)
  if (terms.length === 0 && (text !== '' || sender === '')) throw invalid('has no letter and no digit to look for')
  return terms
}

function rowBefore(cursor: string): number {
  if (!/^[0-9a-z]{0,11}$/.test(cursor)) {
    throw new RequestError('field_invalid', '"cursor" is none that a QUERY_ACK gave.', { field: 'cursor' })
  }
  return cursor === '' ? Number.MAX_SAFE_INTEGER : Number.parseInt(cursor, 36)
}

/** Keeps the order in which they are looked through. */
function addPart(parts: Part[], part: Part): void {
  const at = parts.findLastIndex(({ last }) => last <= part.last)
  parts.splice(at + 1, 0, part)
}
