import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ConversationRow, ConversationRows, ListRow } from '../reads/rows.ts'
import { MESSAGE_COLUMNS } from './entry-rows.ts'

/** Conversations, and whose they are, as reads look at them. */
export class SqliteConversationRows implements ConversationRows {
  readonly #named: StatementSync
  readonly #listed: StatementSync
  readonly #searched: StatementSync

  constructor(database: DatabaseSync) {
    this.#named = database.prepare(
      'SELECT c.id, c.epoch, ifnull(m.seq, 0) AS last_seq FROM conversation c LEFT JOIN message m ON m.id = c.last_message WHERE c.name = ?',
    )
    // Sorted without the messages, which are read one by one, in that order, as far as an answer goes.
    this.#listed = database.prepare(
      `WITH latest AS MATERIALIZED (
         SELECT c.name, c.id AS conversation, c.epoch, ifnull(mb.until_message, c.last_message) AS last_message
         FROM member mb JOIN conversation c ON c.id = mb.conversation
         WHERE mb.user = (SELECT id FROM user WHERE name = ?) AND ifnull(mb.until_message, c.last_message) < ? ORDER BY 4 DESC LIMIT ?)
       SELECT l.name, l.conversation, l.epoch, l.last_message, ${MESSAGE_COLUMNS}
       FROM latest l CROSS JOIN message m ON m.id = l.last_message CROSS JOIN user u ON u.id = m.sender`,
    )
    this.#searched = database.prepare(
      `SELECT c.name, ifnull(mb.until_message, c.last_message) AS last FROM member mb JOIN conversation c ON c.id = mb.conversation
       WHERE mb.user = (SELECT id FROM user WHERE name = ?1) AND (?2 = '' OR c.name = ?2) AND ifnull(mb.until_message, c.last_message) < ?3
       ORDER BY last DESC LIMIT ?4`,
    )
  }

  named(name: string): ConversationRow | undefined {
    return this.#named.get(name) as ConversationRow | undefined
  }

  listed(userName: string, before: number, limit: number): IteratorObject<ListRow> {
    return this.#listed.iterate(userName, before, limit) as unknown as IteratorObject<ListRow>
  }

  searched(userName: string, conversation: string, before: number, limit: number): { name: string; last: number }[] {
    return this.#searched.all(userName, conversation, before, limit) as { name: string; last: number }[]
  }
}
