/**
 * Where in the file the entries of a conversation are, as SQL.
 *
 * Every entry names the one before it, and every sixteenth, an anchor, stands in an index.
 * An index of them all lies in the order of conversations, where messages come in that of
 * time: it would cost a page of the disk for nearly every message of a batch, which is more
 * than all the rest of storing it.
 */
const IS_ANCHOR = 'seq % 16 = 0'

export const PLACE_INDEX = `CREATE UNIQUE INDEX message_anchor ON message (conversation, seq) WHERE ${IS_ANCHOR};`

/** Parts of a statement that say which entries: parameters or columns. */
interface Range {
  readonly conversation: string
  /** Exclusive. */
  readonly after: string
  readonly upTo: string
}

/**
 * A WITH clause that gives the table `entries (id, seq)`: those of a conversation between two
 * seqs, the latest first. From the next anchor, or the last entry, it goes back one by one.
 */
export function withEntries({ conversation, after, upTo }: Range): string {
  const anchor = `SELECT id FROM message WHERE conversation = ${conversation} AND seq >= ${upTo} AND ${IS_ANCHOR} ORDER BY seq LIMIT 1`
  const last = `SELECT last_message FROM conversation WHERE id = ${conversation}`
  return `WITH RECURSIVE back (id, seq, previous) AS (
      SELECT id, seq, previous FROM message WHERE id = ifnull((${anchor}), (${last}))
      UNION ALL
      SELECT m.id, m.seq, m.previous FROM back b CROSS JOIN message m ON m.id = b.previous WHERE b.seq > ${after} + 1
    ), entries (id, seq) AS (SELECT id, seq FROM back WHERE seq <= ${upTo} AND seq > ${after})`
}

/** An expression: the id of the entry with that seq, NULL where there is none. */
export function entryAt(conversation: string, seq: string): string {
  return `(${withEntries({ conversation, after: `(${seq} - 1)`, upTo: seq })} SELECT id FROM entries)`
}
