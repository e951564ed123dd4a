import type { UnreadRows } from './rows.ts'
import type { View } from './views.ts'

/** Both are counted up to here (Y2). */
const LIMIT = 1000
/** Entries that are looked at at once. */
const WINDOW = 1000
/** Entries that are looked at for one count (Y2): of those that are no messages of others there may be any number. */
const MOST_ENTRIES = 5000

/** What a user has not read: counted from the log, never written. What was edited after the user had gone is withheld (G5), and not counted. */
export class UnreadCounts {
  readonly #rows: UnreadRows

  constructor(rows: UnreadRows) {
    this.#rows = rows
  }

  of({ member, conversation, beginSeq, lastSeq }: View, now: number): { unread: number; mentions: number } {
    const sum = { unread: 0, mentions: 0 }
    const from = Math.max(member.read_seq, beginSeq)
    const end = Math.min(lastSeq, from + MOST_ENTRIES)
    for (let at = from; at < end && sum.unread < LIMIT; at += WINDOW) {
      const upTo = Math.min(at + WINDOW, end)
      const limit = LIMIT - sum.unread
      const { unread, mentions } = this.#rows.count({
        user: member.user,
        conversation,
        after: at,
        upTo,
        now,
        untilMessage: member.until_message,
        limit,
      })
      sum.unread += unread
      sum.mentions += mentions
    }
    return sum
  }
}
