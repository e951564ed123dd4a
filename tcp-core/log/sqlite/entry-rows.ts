import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { EntryRows, FoundRow, MessageRow } from '../reads/rows.ts'
import { entryAt, withEntries } from './places.ts'

export const MESSAGE_COLUMNS =
  'm.id, m.seq, u.name AS sender, m.client_message_id, m.sent_at, m.digest, m.flags, m.content_type, m.content, m.details, m.change'

/** The entries of conversations, as reads look at them. */
export class SqliteEntryRows implements EntryRows {
  readonly #statements: ReturnType<typeof prepare>

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database)
  }

  at(conversation: number, seq: number): MessageRow | undefined {
    return this.#statements.at.get(conversation, seq) as MessageRow | undefined
  }

  keyAt(conversation: number, seq: number): number {
    return (this.#statements.keyAt.get(conversation, seq) as { id: number | null }).id ?? 0
  }

  of(conversation: number, entry: number): MessageRow | undefined {
    return this.#statements.of.get(entry, conversation) as MessageRow | undefined
  }

  between(conversation: number, after: number, upTo: number, order: 'latest' | 'earliest'): IteratorObject<MessageRow> {
    const ids = (this.#statements.between.all(conversation, after, upTo) as { id: number }[]).map(({ id }) => id)
    if (order === 'earliest') ids.reverse()
    return this.#statements.rows.iterate(JSON.stringify(ids)) as unknown as IteratorObject<MessageRow>
  }

  digestAt(conversation: number, seq: number): number | undefined {
    return (this.#statements.digestAt.get(conversation, seq) as { digest: number } | undefined)?.digest
  }

  find(entry: number): FoundRow | undefined {
    return this.#statements.find.get(entry) as FoundRow | undefined
  }
}

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text)
  return {
    at: sql(`SELECT ${MESSAGE_COLUMNS} FROM message m JOIN user u ON u.id = m.sender WHERE m.id = ${entryAt('?1', '?2')}`),
    keyAt: sql(`SELECT ${entryAt('?1', '?2')} AS id`),
    of: sql(`SELECT ${MESSAGE_COLUMNS} FROM message m JOIN user u ON u.id = m.sender WHERE m.id = ? AND m.conversation = ?`),
    between: sql(`${withEntries({ conversation: '?1', after: '?2', upTo: '?3' })} SELECT id FROM entries`),
    rows: sql(`SELECT ${MESSAGE_COLUMNS} FROM json_each(?) j CROSS JOIN message m ON m.id = j.value JOIN user u ON u.id = m.sender`),
    digestAt: sql(`SELECT digest FROM message WHERE id = ${entryAt('?1', '?2')}`),
    find: sql(
      `SELECT c.name, m.conversation, m.seq, u.name AS sender, m.client_message_id, m.sent_at, m.content_type, length(m.content) AS bytes
       FROM message m JOIN conversation c ON c.id = m.conversation JOIN user u ON u.id = m.sender WHERE m.id = ?`,
    ),
  }
}
