import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { EDITED, EXPIRED, MENTIONS_ALL, RECALLED } from './message-flags.ts'
import { withEntries } from './places.ts'
import type { View } from './views.ts'

/** Both are counted up to here (Y2). */
const LIMIT = 1000
/** Entries that are looked at at once. */
const WINDOW = 1000
/** Entries that are looked at for one count (Y2): of those that are no messages of others there may be any number. */
const MOST_ENTRIES = 5000

/** What a user has not read: counted from the log, never written. What was edited after the user had gone is withheld (G5), and not counted. */
export class UnreadCounts {
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

  of({ member, conversation, beginSeq, lastSeq }: View, now: number): { unread: number; mentions: number } {
    const sum = { unread: 0, mentions: 0 }
    const from = Math.max(member.read_seq, beginSeq)
    const end = Math.min(lastSeq, from + MOST_ENTRIES)
    for (let at = from; at < end && sum.unread < LIMIT; at += WINDOW) {
      const upTo = Math.min(at + WINDOW, end)
      const counted = this.#count.get(member.user, conversation, at, upTo, now, member.until_message, LIMIT - sum.unread)
      const { unread, mentions } = counted as { unread: number; mentions: number }
      sum.unread += unread
      sum.mentions += mentions
    }
    return sum
  }
}
