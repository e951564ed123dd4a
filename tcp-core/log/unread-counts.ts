import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { EDITED, EXPIRED, MENTIONS_ALL, RECALLED } from './message-flags.ts'
import type { View } from './views.ts'

/** Both are counted up to here (Y2). */
const LIMIT = 1000

/** What a user has not read: counted from the log, never written. What was edited after the user had gone is withheld (G5), and not counted. */
export class UnreadCounts {
  readonly #count: StatementSync

  constructor(database: DatabaseSync) {
    this.#count = database.prepare(
      `SELECT count(*) AS unread, ifnull(sum(mentioned), 0) AS mentions FROM (
         SELECT m.flags & ${MENTIONS_ALL} <> 0 OR n.seq IS NOT NULL AS mentioned
         FROM message m LEFT JOIN mention n ON n.user = ?1 AND n.conversation = m.conversation AND n.seq = m.seq
         WHERE m.conversation = ?2 AND m.seq > ?3 AND m.seq <= ?4 AND m.sender <> ?1
           AND m.change IS NULL AND m.flags & ${RECALLED | EXPIRED} = 0
           AND m.id NOT IN (SELECT message FROM expiry WHERE at <= ?5)
           AND (?6 IS NULL OR m.flags & ${EDITED} = 0 OR (SELECT entry FROM aftermath WHERE message = m.id) <= ?6)
         ORDER BY m.seq LIMIT ${LIMIT})`,
    )
  }

  of({ member, conversation, beginSeq, lastSeq }: View, now: number): { unread: number; mentions: number } {
    const from = Math.max(member.read_seq, beginSeq)
    if (from >= lastSeq) return { unread: 0, mentions: 0 }
    return this.#count.get(member.user, conversation, from, lastSeq, now, member.until_message) as { unread: number; mentions: number }
  }
}
