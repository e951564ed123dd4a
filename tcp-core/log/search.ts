import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { RequestError } from '../../shared/errors.ts'
import { checkText, checkUserId } from '../../shared/fields.ts'
import { type Message, type MessageList, type SearchQuery, writeMessage } from '../../shared/gen/hawser.ts'
import { AnswerItems } from './answer-items.ts'
import { EDITED } from './message-flags.ts'
import { entryAt } from './places.ts'
import type { SearchIndex, Wanted } from './search-index.ts'
import { type Candidate, SearchWalk } from './search-walk.ts'
import { hasTerms, type SearchTerm, termsOf, wordsOf } from './search-words.ts'
import { MESSAGE_COLUMNS, type MessageRow, type Views } from './views.ts'

const LIMIT = { default: 50, max: 100 }
const MAX_TERMS = 16
/** What one request looks through, so that none takes long: the conversations with the latest messages, and what the index gives of them. */
const MAX_CONVERSATIONS = 1000
const MAX_CANDIDATES = 2000

/** Answers searches: what the index gives is read as any message is, so that nobody finds what is not his to see. */
export class Search {
  readonly #index: SearchIndex
  readonly #views: Views
  readonly #conversations: StatementSync
  readonly #user: StatementSync
  readonly #rowAt: StatementSync
  readonly #one: StatementSync

  constructor(database: DatabaseSync, index: SearchIndex, views: Views) {
    this.#index = index
    this.#views = views
    this.#conversations = database.prepare(
      `SELECT c.name, ifnull(mb.until_message, c.last_message) AS last FROM member mb JOIN conversation c ON c.id = mb.conversation
       WHERE mb.user = (SELECT id FROM user WHERE name = ?1) AND (?2 = '' OR c.name = ?2) ORDER BY last DESC LIMIT ${MAX_CONVERSATIONS}`,
    )
    this.#user = database.prepare('SELECT id FROM user WHERE name = ?')
    this.#rowAt = database.prepare(`SELECT ${entryAt('?1', '?2')} AS id`)
    this.#one = database.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM message m JOIN user u ON u.id = m.sender WHERE m.id = ? AND m.conversation = ?`,
    )
  }

  /** Y7. Throws RequestError. */
  answer(userId: string, query: SearchQuery): MessageList {
    const terms = checkedTerms(query)
    const before = rowBefore(query.cursor)
    const conversations = this.#conversationsOf(userId, query.conversationId)
    const sender = query.sender === '' ? undefined : (this.#user.get(query.sender) as { id: number } | undefined)
    if (query.sender !== '' && !sender) {
      checkUserId('sender', query.sender)
      // Nobody of that name has said anything.
      return { messages: [], nextCursor: '' }
    }
    const wanted = { terms, sender: sender?.id }
    const walk = new SearchWalk({ index: this.#index, views: this.#views, rowAt: this.#rowAt }, { userId, wanted, before, conversations })
    return this.#page(walk, wanted, query)
  }

  #conversationsOf(userId: string, conversationId: string): { name: string; last: number }[] {
    // Y4: what is asked for by its name is the user's, or unknown.
    if (conversationId !== '' && !this.#views.view(userId, conversationId)) return []
    return this.#conversations.all(userId, conversationId) as { name: string; last: number }[]
  }

  #page(walk: SearchWalk, { terms }: Wanted, query: SearchQuery): MessageList {
    const limit = query.limit === 0 ? LIMIT.default : Math.min(query.limit, LIMIT.max)
    const answer = new AnswerItems(writeMessage)
    const messages = answer.items
    let last = 0
    for (let candidates = 0; candidates < MAX_CANDIDATES; candidates++) {
      const candidate = walk.next()
      if (!candidate) return { messages, nextCursor: '' }
      const message = this.#read(candidate, terms, query)
      // One more than the page holds is only looked at to know that there is more.
      if (message && (messages.length === limit || !answer.add(message))) return { messages, nextCursor: last.toString(36) }
      last = candidate.id
    }
    return { messages, nextCursor: last.toString(36) }
  }

  /** The message, if it is what is looked for and the user may see it. */
  #read({ view, id }: Candidate, terms: readonly SearchTerm[], { sentFrom, sentBefore }: SearchQuery): Message | undefined {
    const row = this.#one.get(id, view.conversation) as MessageRow | undefined
    if (!row || row.seq <= view.beginSeq || row.seq > view.lastSeq) return undefined
    if (row.sent_at < sentFrom || (sentBefore > 0 && row.sent_at >= sentBefore)) return undefined
    const message = this.#views.message(view, row)
    // It is gone, or has become what is not to be known to this user (G5).
    if (message.content.length === 0) return undefined
    // The index may still have the words of before an edit, which are nobody's to find.
    if (row.flags & EDITED && !hasTerms(wordsOf(utf8.decode(message.content)), terms)) return undefined
    return message
  }
}

const utf8 = new TextDecoder()

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
