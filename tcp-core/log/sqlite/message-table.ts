import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  type Aftermath,
  type Details,
  type EditedDetails,
  type Reaction,
  readDetails,
  writeChange,
  writeDetails,
} from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../../shared/protobuf-writer.ts'
import { EDITED, ERASED_EDIT, EXPIRED, MENTIONS, MENTIONS_ALL, PINNED, REACTED, RECALLED } from '../message-flags.ts'
import { aftermathOf } from '../reads/aftermath.ts'
import { entryAt } from './places.ts'

/** An entry of the log as the rules need it. */
export interface TargetRow {
  readonly id: number
  readonly seq: number
  readonly sender: number
  readonly sent_at: number
  readonly flags: number
  /** 1 for an entry that is something done, not a message. */
  readonly is_change: number
}

/** An entry's row, and its seq. */
type Place = Pick<TargetRow, 'id' | 'seq'>

/** Each may have a hundred large edits, and others wait to write. */
const EXPIRE_MS = 3
const NO_DETAILS: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: 0 }
const EMPTY = new Uint8Array(0)
const writer = new ProtobufWriter()

/** What becomes of messages after they were sent. */
export class MessageTable {
  readonly #find: StatementSync
  readonly #named: StatementSync
  readonly #flag: StatementSync
  readonly #unflag: StatementSync
  readonly #replace: StatementSync
  readonly #empty: StatementSync
  readonly #changedBy: StatementSync
  readonly #setAftermath: StatementSync
  readonly #aftermath: StatementSync
  readonly #addEdit: StatementSync
  readonly #editCount: StatementSync
  readonly #seqOf: StatementSync
  readonly #blankEdits: StatementSync
  readonly #react: StatementSync
  readonly #unreact: StatementSync
  readonly #count: StatementSync
  readonly #uncount: StatementSync
  readonly #unkind: StatementSync
  readonly #reactions: StatementSync
  readonly #kinds: StatementSync
  readonly #reactors: StatementSync
  readonly #hasReacted: StatementSync
  readonly #pin: StatementSync
  readonly #unpin: StatementSync
  readonly #unpinGone: StatementSync
  readonly #pinned: StatementSync
  readonly #mention: StatementSync
  readonly #unmention: StatementSync
  readonly #details: StatementSync
  readonly #setDetails: StatementSync
  readonly #addToThread: StatementSync
  readonly #thread: StatementSync
  readonly #expire: StatementSync
  readonly #due: StatementSync
  readonly #unexpire: StatementSync

  constructor(database: DatabaseSync) {
    const sql = (text: string) => database.prepare(text)
    this.#find = sql(
      `SELECT id, seq, sender, sent_at, flags, change IS NOT NULL AS is_change FROM message WHERE id = ${entryAt('?1', '?2')}`,
    )
    this.#named = sql(
      `SELECT m.id, m.seq, m.sender, m.sent_at, m.flags, m.change IS NOT NULL AS is_change, u.name AS sender_name
       FROM message m CROSS JOIN user u ON u.id = m.sender WHERE m.id = ${entryAt('?1', '?2')}`,
    )
    this.#flag = sql('UPDATE message SET flags = flags | ? WHERE id = ?')
    this.#unflag = sql('UPDATE message SET flags = flags & ~? WHERE id = ?')
    this.#replace = sql('UPDATE message SET content_type = ?, content = ?, flags = flags | ? WHERE id = ?')
    this.#empty = sql("UPDATE message SET content_type = '', content = x'', details = NULL, flags = flags | ? WHERE id = ?")
    this.#setAftermath = sql(
      'INSERT INTO aftermath (message, entry, at, recalled_by) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET entry = excluded.entry, at = excluded.at, recalled_by = excluded.recalled_by',
    )
    this.#aftermath = sql(
      'SELECT a.at, u.name AS recalled_by FROM aftermath a LEFT JOIN user u ON u.id = a.recalled_by WHERE a.message = ?',
    )
    this.#changedBy = sql('SELECT entry FROM aftermath WHERE message = ?')
    this.#addEdit = sql('INSERT INTO edit (message, entry) VALUES (?, ?)')
    this.#editCount = sql('SELECT count(*) AS count FROM edit WHERE message = ?')
    this.#seqOf = sql('SELECT seq FROM message WHERE id = ?')
    this.#blankEdits = sql(
      `UPDATE message SET change = ?, flags = flags | ${ERASED_EDIT} WHERE id IN (SELECT entry FROM edit WHERE message = ?)`,
    )
    this.#react = sql('INSERT INTO reaction (message, key, user) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
    this.#unreact = sql('DELETE FROM reaction WHERE message = ? AND key = ? AND user = ?')
    this.#count = sql(
      'INSERT INTO reaction_count (message, key, count) VALUES (?, ?, 1) ON CONFLICT (message, key) DO UPDATE SET count = count + 1',
    )
    this.#uncount = sql('UPDATE reaction_count SET count = count - 1 WHERE message = ? AND key = ?')
    this.#unkind = sql('DELETE FROM reaction_count WHERE message = ? AND key = ? AND count = 0')
    this.#kinds = sql('SELECT count(*) AS count, ifnull(sum(key = ?), 0) AS has FROM reaction_count WHERE message = ?')
    this.#reactions = sql(
      `SELECT c.key, c.count, EXISTS (SELECT 1 FROM reaction r WHERE r.message = c.message AND r.key = c.key AND r.user = ?) AS own
       FROM reaction_count c WHERE c.message = ? ORDER BY c.count DESC, c.key`,
    )
    this.#reactors = sql(
      'SELECT r.user, u.name FROM reaction r JOIN user u ON u.id = r.user WHERE r.message = ? AND r.key = ? AND r.user > ? ORDER BY r.user LIMIT ?',
    )
    this.#hasReacted = sql('SELECT 1 FROM reaction WHERE message = ? AND key = ? AND user = ?')
    this.#pin = sql('INSERT INTO pin (conversation, seq) VALUES (?, ?) ON CONFLICT DO NOTHING')
    this.#unpin = sql('DELETE FROM pin WHERE conversation = ? AND seq = ?')
    this.#unpinGone = sql('DELETE FROM pin WHERE (conversation, seq) = (SELECT conversation, seq FROM message WHERE id = ?)')
    this.#pinned = sql('SELECT seq FROM pin WHERE conversation = ? ORDER BY seq')
    this.#mention = sql('INSERT INTO mention (user, conversation, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
    this.#unmention = sql(
      `DELETE FROM mention WHERE (conversation, seq) = (SELECT conversation, seq FROM message WHERE id = ?1)
         AND user IN (SELECT u.id FROM json_each(?2) j JOIN user u ON u.name = j.value)`,
    )
    this.#details = sql('SELECT details FROM message WHERE id = ?')
    this.#setDetails = sql(`UPDATE message SET details = ?, flags = flags & ~${MENTIONS | MENTIONS_ALL} | ? WHERE id = ?`)
    this.#addToThread = sql('INSERT INTO thread (conversation, thread, seq) VALUES (?, ?, ?)')
    this.#thread = sql('SELECT seq FROM thread WHERE conversation = ? AND thread = ? AND seq > ? ORDER BY seq LIMIT ?')
    this.#expire = sql('INSERT INTO expiry (at, message) VALUES (?, ?)')
    this.#due = sql('SELECT at, message FROM expiry WHERE at <= ? ORDER BY at LIMIT ?')
    this.#unexpire = sql('DELETE FROM expiry WHERE at = ? AND message = ?')
  }

  find(conversation: number, seq: number): TargetRow | undefined {
    return this.#find.get(conversation, seq) as TargetRow | undefined
  }

  /** The same with its sender's name. */
  named(conversation: number, seq: number): (TargetRow & { readonly sender_name: string }) | undefined {
    return this.#named.get(conversation, seq) as (TargetRow & { readonly sender_name: string }) | undefined
  }

  /** The entry of row `entry` gives the message another content. */
  edit(message: number, entry: number, edited: { at: number; contentType: string; content: Uint8Array }): void {
    this.#replace.run(edited.contentType, edited.content, EDITED, message)
    this.#setAftermath.run(message, entry, edited.at, null)
    this.#addEdit.run(message, entry)
  }

  /** The row of the entry that edited a message last, or took it back; 0 for none. */
  changedBy(message: number): number {
    return (this.#changedBy.get(message) as { entry: number } | undefined)?.entry ?? 0
  }

  /** The entry of row `entry` takes the content out of the file, and out of every edit of it. */
  recall(message: Place, entry: number, recalled: { by: number; at: number }): void {
    this.#erase(message.id, message.seq, RECALLED)
    this.#setAftermath.run(message.id, entry, recalled.at, recalled.by)
  }

  react(message: number, key: string, user: number): void {
    if (this.#react.run(message, key, user).changes === 0) return
    this.#count.run(message, key)
    this.#flag.run(REACTED, message)
  }

  unreact(message: number, key: string, user: number): void {
    if (this.#unreact.run(message, key, user).changes === 0) return
    this.#uncount.run(message, key)
    this.#unkind.run(message, key)
  }

  /** How many kinds of reactions a message has, and whether `key` is one of them. */
  kinds(message: number, key: string): { count: number; has: boolean } {
    const { count, has } = this.#kinds.get(key, message) as { count: number; has: number }
    return { count, has: has > 0 }
  }

  editCount(message: number): number {
    return (this.#editCount.get(message) as { count: number }).count
  }

  hasReacted(message: number, key: string, user: number): boolean {
    return this.#hasReacted.get(message, key, user) !== undefined
  }

  reactions(message: number, user: number): Reaction[] {
    const rows = this.#reactions.all(user, message) as { key: string; count: number; own: number }[]
    return rows.map(({ key, count, own }) => ({ key, count, own: own > 0 }))
  }

  reactors(message: number, key: string, afterUser: number, limit: number): { user: number; name: string }[] {
    return this.#reactors.all(message, key, afterUser, limit) as { user: number; name: string }[]
  }

  pin(conversation: number, message: Place): void {
    this.#pin.run(conversation, message.seq)
    this.#flag.run(PINNED, message.id)
  }

  unpin(conversation: number, message: Place): void {
    this.#unpin.run(conversation, message.seq)
    this.#unflag.run(PINNED, message.id)
  }

  /** The seqs of a conversation's pinned messages. */
  pinned(conversation: number): number[] {
    return (this.#pinned.all(conversation) as { seq: number }[]).map(({ seq }) => seq)
  }

  mention(user: number, conversation: number, seq: number): void {
    this.#mention.run(user, conversation, seq)
  }

  /** Says of a message that is new whether it mentions all, or some. */
  flagMentions(message: number, mentions: { all: boolean; some: boolean }): void {
    this.#flag.run(mentionFlags(mentions), message)
  }

  /** Nobody is mentioned by it any more. */
  unmention(message: number): void {
    const { mentions = [] } = this.#detailsOf(message) ?? {}
    if (mentions.length > 0) this.#unmention.run(message, JSON.stringify(mentions))
  }

  /** What an edit says takes the place of what the message had of it; the rest stays. */
  setDetails(message: number, edited: EditedDetails, mentions: { all: boolean; some: boolean }): void {
    writer.reset()
    writeDetails(writer, { ...(this.#detailsOf(message) ?? NO_DETAILS), ...edited })
    this.#setDetails.run(writer.finishAlone(), mentionFlags(mentions), message)
  }

  #detailsOf(message: number): Details | undefined {
    const { details } = this.#details.get(message) as { details: Uint8Array | null }
    return details ? readDetails(new ProtobufReader(details)) : undefined
  }

  addToThread(conversation: number, thread: number, seq: number): void {
    this.#addToThread.run(conversation, thread, seq)
  }

  /** The seqs of a thread's messages, without the one that began it. */
  thread(conversation: number, thread: number, afterSeq: number, limit: number): number[] {
    return (this.#thread.all(conversation, thread, afterSeq, limit) as { seq: number }[]).map(({ seq }) => seq)
  }

  /** The message disappears at that time. */
  expireAt(message: number, at: number): void {
    this.#expire.run(at, message)
  }

  /** Takes out the content of messages whose time has come, of at most `limit`, for a few milliseconds. Gives their ids. */
  expire(now: number, limit: number): number[] {
    const started = performance.now()
    const expired: number[] = []
    for (const { at, message } of this.#due.all(now, limit) as { at: number; message: number }[]) {
      // At least one, however long it took to get here: whoever calls goes on until there is none.
      if (expired.length > 0 && performance.now() - started > EXPIRE_MS) break
      expired.push(message)
      const row = this.#seqOf.get(message) as { seq: number } | undefined
      if (row) this.#erase(message, row.seq, EXPIRED)
      this.#unexpire.run(at, message)
    }
    return expired
  }

  /** What has become of a message whose flags say that something has. */
  aftermath(message: { id: number; flags: number }, user: number): Aftermath {
    const { id, flags } = message
    const told = flags & (EDITED | RECALLED) ? (this.#aftermath.get(id) as { at: number; recalled_by: string | null }) : undefined
    return aftermathOf(flags, told, () => this.reactions(id, user))
  }

  /** What is gone is also pinned no more: nobody could take the pin away. */
  #erase(id: number, seq: number, flag: number): void {
    this.unmention(id)
    this.#empty.run(flag, id)
    this.#unpinGone.run(id)
    this.#unflag.run(PINNED, id)
    writer.reset()
    writeChange(writer, { edit: { seq, contentType: '', content: EMPTY } })
    this.#blankEdits.run(writer.finishAlone(), id)
  }
}

function mentionFlags({ all, some }: { all: boolean; some: boolean }): number {
  return (all ? MENTIONS_ALL : 0) | (some ? MENTIONS : 0)
}
