import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { EDITED, EXPIRED, MENTIONS_ALL, RECALLED } from '../message-flags.ts'
import type { UnreadRows, UnreadWindow } from '../reads/rows.ts'
import { withEntries } from './places.ts'

/** Counts in the file what a user has not read: the same as reads/visibility.ts says entry by entry, without taking each out of it. */
export class SqliteUnreadRows implements UnreadRows {
  readonly #count: StatementSync

  constructor(database: DatabaseSync) {
    this.#count = database.prepare(
      `${withEntries({ conversation: '?2', after: '?3', upTo: '?4' })}
       SELECT count(*) AS unread, ifnull(sum(mentioned), 0) AS mentions FROM (
         SELECT m.flags & ${MENTIONS_ALL} <> 0 OR n.seq IS NOT NULL AS mentioned
         FROM entries e CROSS JOIN message m ON m.id = e.id
         LEFT JOIN mention n ON n.user = ?1 AND n.conversation = m.conversation AND n.seq = m.seq
         WHERE m.sender <> ?1
           AND m.change IS NULL AND m.flags & ${RECALLED | EXPIRED} = 0
           AND m.id NOT IN (SELECT message FROM expiry WHERE at <= ?5)
           AND (?6 IS NULL OR m.flags & ${EDITED} = 0 OR (SELECT entry FROM aftermath WHERE message = m.id) <= ?6)
         ORDER BY e.id LIMIT ?7)`,
    )
  }

  count({ user, conversation, after, upTo, now, untilMessage, limit }: UnreadWindow): { unread: number; mentions: number } {
    return this.#count.get(user, conversation, after, upTo, now, untilMessage, limit) as { unread: number; mentions: number }
  }
}
