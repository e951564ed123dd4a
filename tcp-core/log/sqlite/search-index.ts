import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { readChange } from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import type { WordRows } from '../reads/rows.ts'
import { FOLDING, type SearchTerm, wordsOf } from '../reads/search-words.ts'
import { type Found, partOf, type Wanted, type WordsWhere } from '../reads/wanted.ts'
import { readMeta, writeMeta } from './meta.ts'
import { entryAt } from './places.ts'

const POSITION = 'indexed_up_to'
/** With which folding all is indexed; while it is done again, also from where and up to where. */
const FOLDED = 'search_folded'
/** Words that the index is asked for at once; a text that has these is looked at for the others. */
const MAX_ASKED = 8
/** Words with one beginning that the index is asked for; where there are more, texts are looked at. */
const MAX_BEGINNING = 32
/** Of text that is taken in at once: some milliseconds. */
const MAX_BYTES = 32 * 1024

interface EntryRow {
  readonly id: number
  readonly conversation: number
  readonly seq: number
  readonly sender: number
  /** NULL where it is no text. */
  readonly text: Uint8Array | null
  readonly change: Uint8Array | null
}

/**
 * By which words the messages of a conversation are found.
 *
 * Each word stands in the index with the part of the conversation that it was said in before
 * it: what is looked for in one conversation touches nothing of another, however many there
 * are, and not even the words that begin with two letters are many. The index follows the
 * log's entries in their order, later than they: an edit or a recall is found there like a
 * message. Each word of a text stands there once, in no order: how often it is said, and after
 * which one, would cost more than looking at the text.
 */
export class SearchIndex implements WordRows {
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>
  /** The last entry that is in it; looked up when needed after a transaction that failed. */
  #position: number | undefined

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepare(database)
  }

  /** Takes in the next entries of the log, at most `limit`. Says whether there may be more. In a transaction. */
  follow(limit: number): boolean {
    const from = this.#upTo()
    // A new log begins with the folding of today.
    if (from === 0) writeMeta(this.#database, FOLDED, String(FOLDING))
    let last = from
    let bytes = 0
    let more = true
    for (let count = 0; more && count < limit && bytes < MAX_BYTES; count++) {
      const row = this.#statements.next.get(last) as EntryRow | undefined
      if (row) {
        this.#take(row)
        bytes += row.text?.length ?? 0
        last = row.id
      } else more = false
    }
    if (last > from) writeMeta(this.#database, POSITION, String(last))
    this.#position = last
    return more || this.#foldAgain(from, limit)
  }

  /** Takes in once more what was taken in with another folding, up to `upTo`. Says whether there may be more. */
  #foldAgain(upTo: number, limit: number): boolean {
    const [folding, next = 0, end = upTo] = (readMeta(this.#database, FOLDED) ?? '1').split(' ').map(Number)
    const isUnderWay = folding !== FOLDING || next > 0
    if (!isUnderWay) return false
    let last = folding === FOLDING ? next : 0
    let bytes = 0
    let more = true
    for (let count = 0; more && count < limit && bytes < MAX_BYTES; count++) {
      const row = this.#statements.next.get(last) as EntryRow | undefined
      more = row !== undefined && row.id <= end
      if (!row || !more) break
      last = row.id
      if (row.change) continue
      this.#remove(row.id)
      this.#put(row)
      bytes += row.text?.length ?? 0
    }
    writeMeta(this.#database, FOLDED, more ? `${FOLDING} ${last} ${end}` : String(FOLDING))
    return more
  }

  /** Takes out messages that are gone without an entry that says so. In a transaction. */
  remove(messages: readonly number[]): void {
    for (const id of messages) this.#remove(id)
  }

  forget(): void {
    this.#position = undefined
  }

  /** In one part of a conversation, below `before`, at most `limit`. */
  find({ terms, former, sender }: Wanted, where: WordsWhere): Found {
    const scope = scopeOf(where.conversation, where.part)
    const asked = [terms, ...(former ? [former] : [])].map((each) => this.#ask(scope, each, sender))
    const words = asked.reduce((sum, each) => sum + each.words, 0)
    const isSure = asked.length === 1 && asked.every((each) => each.isWhole)
    const matches = asked.flatMap(({ match }) => match ?? [])
    if (matches.length === 0) return { ids: [], isSure, words }
    const rows = this.#statements.find.all(matches.join(' OR '), where.before, where.limit) as { id: number }[]
    return { ids: rows.map(({ id }) => id), isSure, words }
  }

  /** `match` is undefined where nothing can be found; `isWhole` where what matches is what is looked for. */
  #ask(
    scope: string,
    terms: readonly SearchTerm[],
    sender: number | undefined,
  ): { match: string | undefined; isWhole: boolean; words: number } {
    const last = terms.at(-1)
    const beginning = last?.prefix ? last.words[0] : undefined
    const whole = new Set((beginning === undefined ? terms : terms.slice(0, -1)).flatMap((term) => term.words))
    const all = [...whole].slice(0, MAX_ASKED).map((word) => `"${scope}_${word}"`)
    if (sender !== undefined) all.push(`"${senderWord(scope, sender)}"`)
    let isWhole = whole.size <= MAX_ASKED && terms.every(({ words }) => words.length === 1)
    let words = all.length
    if (beginning !== undefined) {
      const begun = `${scope}_${beginning}`
      const found = this.#statements.beginning.all(begun, `${begun}\u{10ffff}`) as { term: string }[]
      words += found.length + 1
      if (found.length === 0) return { match: undefined, isWhole, words }
      if (found.length <= MAX_BEGINNING) all.push(`(${found.map(({ term }) => `"${term}"`).join(' OR ')})`)
      else {
        isWhole = false
        // Then all that anybody said, the latest first: not far from any of it is one that has the word.
        if (all.length === 0) all.push(`"${scope}@"*`)
      }
    }
    return { match: `(${all.join(' AND ')})`, isWhole, words }
  }

  #upTo(): number {
    this.#position ??= Number(readMeta(this.#database, POSITION) ?? 0)
    return this.#position
  }

  #take(row: EntryRow): void {
    if (!row.change) return this.#put(row)
    const { edit, recall } = readChange(new ProtobufReader(row.change))
    const seq = (edit ?? recall)?.seq
    const changed = seq === undefined ? undefined : (this.#statements.one.get(row.conversation, seq) as EntryRow | undefined)
    if (!changed) return
    this.#remove(changed.id)
    this.#put(changed)
  }

  /** FTS5 leaves a row of its own as the last one inserted, which may be past 2^53: every `run` would fail to tell it. */
  #remove(id: number): void {
    this.#statements.remove.all(id)
    this.#statements.forgetRow.run()
  }

  #put({ id, conversation, seq, sender, text }: EntryRow): void {
    if (!text || text.length === 0) return
    const scope = scopeOf(conversation, partOf(seq))
    let words = senderWord(scope, sender)
    for (const word of new Set(wordsOf(decoder.decode(text)))) words += ` ${scope}_${word}`
    this.#statements.put.run(id, words)
  }
}

const decoder = new TextDecoder()

function scopeOf(conversation: number, part: number): string {
  return `${conversation.toString(36)}_${part.toString(36)}`
}

/** No word of a text looks like it. */
function senderWord(scope: string, sender: number): string {
  return `${scope}@${sender.toString(36)}`
}

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text)
  database.exec('CREATE TEMP TABLE IF NOT EXISTS last_row (id INTEGER PRIMARY KEY)')
  database.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_word USING fts5vocab(main, search, 'row')")
  const entry = "SELECT id, conversation, seq, sender, CASE WHEN content_type LIKE 'text/%' THEN content END AS text, change FROM message"
  return {
    next: sql(`${entry} WHERE id > ? ORDER BY id LIMIT 1`),
    one: sql(`${entry} WHERE id = ${entryAt('?1', '?2')}`),
    put: sql('INSERT INTO search (rowid, words) VALUES (?, ?)'),
    remove: sql('DELETE FROM search WHERE rowid = ?'),
    forgetRow: sql('INSERT OR REPLACE INTO last_row (id) VALUES (1)'),
    beginning: sql(`SELECT term FROM temp.search_word WHERE term >= ? AND term < ? LIMIT ${MAX_BEGINNING + 1}`),
    find: sql('SELECT rowid AS id FROM search WHERE search MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?'),
  }
}
