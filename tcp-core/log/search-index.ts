import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { readChange } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { readMeta, writeMeta } from './log-identity.ts'
import { entryAt } from './places.ts'
import { type SearchTerm, wordsOf } from './search-words.ts'

const POSITION = 'indexed_up_to'
/** A part of a conversation that is looked through at once, in messages. */
const PART = 16_384
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

/** What is looked for. */
export interface Wanted {
  /** All of them. */
  readonly terms: readonly SearchTerm[]
  /** The row of the one whose messages only, if given. */
  readonly sender: number | undefined
}

/**
 * By which words the messages of a conversation are found.
 *
 * Each word stands in the index with the part of the conversation that it was said in before
 * it: what is looked for in one conversation touches nothing of another, however many there
 * are, and not even the words that begin with two letters are many. The index follows the
 * log's entries in their order, later than they: an edit or a recall is found there like a
 * message. Its own words are kept, not the text.
 */
export class SearchIndex {
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
    return more
  }

  /** Takes out messages that are gone without an entry that says so. In a transaction. */
  remove(messages: readonly number[]): void {
    for (const id of messages) this.#remove(id)
  }

  forget(): void {
    this.#position = undefined
  }

  /** Rows of messages in one part of a conversation: the latest first, below `before`, at most `limit`. */
  find({ terms, sender }: Wanted, where: { conversation: number; part: number; before: number; limit: number }): number[] {
    const scope = scopeOf(where.conversation, where.part)
    const all = terms.map(({ words, prefix }) => `"${words.map((word) => `${scope}_${word}`).join(' ')}"${prefix ? '*' : ''}`)
    if (sender !== undefined) all.push(`"${senderWord(scope, sender)}"`)
    return (this.#statements.find.all(all.join(' AND '), where.before, where.limit) as { id: number }[]).map(({ id }) => id)
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
    for (const word of wordsOf(decoder.decode(text))) words += ` ${scope}_${word}`
    this.#statements.put.run(id, words)
  }
}

const decoder = new TextDecoder()

/** The part of its conversation that a message is in; the first is 0. */
export function partOf(seq: number): number {
  return Math.floor(seq / PART)
}

/** The last seq before a part. */
export function seqBefore(part: number): number {
  return part * PART - 1
}

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
  const entry = "SELECT id, conversation, seq, sender, CASE WHEN content_type LIKE 'text/%' THEN content END AS text, change FROM message"
  return {
    next: sql(`${entry} WHERE id > ? ORDER BY id LIMIT 1`),
    one: sql(`${entry} WHERE id = ${entryAt('?1', '?2')}`),
    put: sql('INSERT INTO search (rowid, words) VALUES (?, ?)'),
    remove: sql('DELETE FROM search WHERE rowid = ?'),
    forgetRow: sql('INSERT OR REPLACE INTO last_row (id) VALUES (1)'),
    find: sql('SELECT rowid AS id FROM search WHERE search MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?'),
  }
}
