import { isDeepStrictEqual } from 'node:util'
import { RequestError } from '../../../shared/errors.ts'
import { checkText, checkUserId, invalidField } from '../../../shared/fields.ts'
import { type Message, type MessageList, type SearchQuery, writeMessage } from '../../../shared/gen/hawser.ts'
import { EDITED } from '../message-flags.ts'
import { AnswerItems } from './answer-items.ts'
import type { LogRows } from './rows.ts'
import { type Candidate, SearchWalk } from './search-walk.ts'
import { formerTermsOf, hasTerms, type SearchTerm, termsOf, wordsOf } from './search-words.ts'
import { SearchWork } from './search-work.ts'
import type { Views } from './views.ts'
import { isWithin } from './visibility.ts'
import type { Wanted } from './wanted.ts'

const LIMIT = { default: 50, max: 100 }
const MAX_TERMS = 16
/** That are looked through side by side, those with the latest entries first: so that each page can begin all of them and go on. */
const CONVERSATIONS = 100
const NOTHING: MessageList = { messages: [], nextCursor: '' }

/** Answers searches: what the index gives is read as any message is, so that nobody finds what is not his to see. */
export class Search {
  readonly #rows: LogRows
  readonly #views: Views

  constructor(rows: LogRows, views: Views) {
    this.#rows = rows
    this.#views = views
  }

  /** Y7. Throws RequestError. */
  answer(userId: string, query: SearchQuery): MessageList {
    const wanted = { ...checkedTerms(query), sender: undefined }
    const place = placeOf(query.cursor)
    // Y4: what is asked for by its name is the user's, or unknown.
    if (query.conversationId !== '' && !this.#views.view(userId, query.conversationId)) return NOTHING
    if (query.sender === '') return this.#page(userId, wanted, query, place)
    const sender = this.#rows.users.knownUser(query.sender)
    if (sender !== undefined) return this.#page(userId, { ...wanted, sender }, query, place)
    checkUserId('sender', query.sender)
    // Nobody of that name has said anything.
    return NOTHING
  }

  /** A hundred conversations at a time are looked through side by side. */
  #page(userId: string, wanted: Wanted, query: SearchQuery, { before, below }: Place): MessageList {
    const work = new SearchWork()
    const answer = new AnswerItems(writeMessage)
    for (let place = { before, below }; ; ) {
      const conversations = this.#rows.conversations.searched(userId, query.conversationId, place.below, CONVERSATIONS)
      const parts = { rows: this.#rows, views: this.#views, work }
      const walk = new SearchWalk(parts, { userId, wanted, before: place.before, conversations })
      const rest = this.#take(walk, work, { answer, wanted, query })
      if (rest !== undefined) return { messages: answer.items, nextCursor: cursorOf({ ...place, before: rest }) }
      const last = conversations.at(-1)
      if (!last || conversations.length < CONVERSATIONS) return { messages: answer.items, nextCursor: '' }
      place = { before: END, below: last.last }
      if (work.isEnough) return { messages: answer.items, nextCursor: cursorOf(place) }
    }
  }

  /** Gives the row before which to go on; undefined where nothing is left. */
  #take(
    walk: SearchWalk,
    work: SearchWork,
    page: { answer: AnswerItems<Message>; wanted: Wanted; query: SearchQuery },
  ): number | undefined {
    const { answer, wanted, query } = page
    const limit = query.limit === 0 ? LIMIT.default : Math.min(query.limit, LIMIT.max)
    for (let candidate = walk.next(); candidate; candidate = walk.next()) {
      const message = this.#read(candidate, wanted.terms, query, work)
      // One more than the page holds is only looked at to know that there is more.
      if (message && (answer.items.length === limit || !answer.add(message))) return candidate.id + 1
    }
    return walk.last === undefined ? undefined : walk.last + 1
  }

  /** The message, if it is what is looked for and the user may see it. */
  #read(
    { view, id, isSure }: Candidate,
    terms: readonly SearchTerm[],
    { sentFrom, sentBefore }: SearchQuery,
    work: SearchWork,
  ): Message | undefined {
    const row = this.#rows.entries.of(view.conversation, id)
    work.read(row?.content.length ?? 0)
    if (!row || !isWithin(view, row.seq)) return undefined
    if (row.sent_at < sentFrom || (sentBefore > 0 && row.sent_at >= sentBefore)) return undefined
    const message = this.#views.message(view, row)
    // It is gone, or has become what is not to be known to this user (G5).
    if (message.content.length === 0) return undefined
    // The index may still have the words of before an edit, which are nobody's to find.
    if (isSure && (row.flags & EDITED) === 0) return message
    work.compared(message.content.length)
    return hasTerms(wordsOf(utf8.decode(message.content)), terms) ? message : undefined
  }
}

const utf8 = new TextDecoder()

function checkedTerms({ text, sender }: SearchQuery): Pick<Wanted, 'terms' | 'former'> {
  checkText('text', text, { min: 0, max: 512 })
  const terms = termsOf(text)
  const invalid = (why: string) => new RequestError('field_invalid', why, { field: 'text' })
  if (terms.length > MAX_TERMS) throw invalid(`A search has at most ${MAX_TERMS} words; this one has ${terms.length}.`)
  if (terms.length === 0 && (text !== '' || sender === '')) throw invalid('There is nothing to look for: a search has a letter or a digit.')
  const former = formerTermsOf(text)
  return { terms, former: former.length === 0 || isDeepStrictEqual(terms, former) ? undefined : former }
}

/** Where a search goes on. */
interface Place {
  /** Before this row. */
  readonly before: number
  /** In conversations whose last entry is before this row. */
  readonly below: number
}

const END = Number.MAX_SAFE_INTEGER

function placeOf(cursor: string): Place {
  const [, before = '', below = ''] = /^(?:([0-9a-z]{1,11})(?:\.([0-9a-z]{1,11}))?)?$/.exec(cursor) ?? []
  if (before === '' && cursor !== '') throw invalidField('cursor', 'is none that a QUERY_ACK gave')
  const row = (text: string) => (text === '' ? END : Number.parseInt(text, 36))
  return { before: row(before), below: row(below) }
}

function cursorOf({ before, below }: Place): string {
  return below === END ? before.toString(36) : `${before.toString(36)}.${below.toString(36)}`
}
