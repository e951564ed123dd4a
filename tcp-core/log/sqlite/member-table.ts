import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Role } from '../../../shared/gen/hawser.ts'
import type { AudienceRow, MemberRow, MemberRows, ReaderRow } from '../reads/rows.ts'

const COLUMNS =
  'mb.user, mb.role, mb.from_seq, mb.cleared_seq, mb.until_seq, mb.until_message, mb.until_name, mb.joined_at, mb.muted_until, mb.delivered_seq, mb.read_seq'

/** Who is in which conversation, and from where to where it is theirs to see. */
export class MemberTable implements MemberRows {
  readonly #find: StatementSync
  readonly #findByName: StatementSync
  readonly #named: StatementSync
  readonly #add: StatementSync
  readonly #end: StatementSync
  readonly #setRole: StatementSync
  readonly #mute: StatementSync
  readonly #clear: StatementSync
  readonly #active: StatementSync
  readonly #leftSince: StatementSync
  readonly #page: StatementSync
  readonly #readers: StatementSync
  readonly #counts: StatementSync
  readonly #hiddenCounts: StatementSync

  readonly #groupsOf: StatementSync
  readonly #isInOneOf: StatementSync
  #asked: { readonly groups: readonly number[]; readonly json: string } = { groups: [], json: '[]' }

  constructor(database: DatabaseSync) {
    this.#groupsOf = database.prepare(
      `SELECT mb.conversation FROM member mb JOIN grp g ON g.conversation = mb.conversation
       WHERE mb.user = ? AND mb.role > 0 AND mb.until_seq IS NULL AND g.dissolved = 0`,
    )
    this.#isInOneOf = database.prepare(
      `SELECT 1 FROM json_each(?) g JOIN member mb ON mb.user = ? AND mb.conversation = g.value
       WHERE mb.role > 0 AND mb.until_seq IS NULL LIMIT 1`,
    )
    const active = `FROM member mb JOIN user u ON u.id = mb.user WHERE mb.conversation = ? AND mb.role > 0 AND mb.until_seq IS NULL`
    this.#find = database.prepare(`SELECT ${COLUMNS} FROM member mb WHERE mb.user = ? AND mb.conversation = ?`)
    this.#findByName = database.prepare(
      `SELECT ${COLUMNS} FROM member mb WHERE mb.user = (SELECT id FROM user WHERE name = ?) AND mb.conversation = ?`,
    )
    this.#named = database.prepare(
      `SELECT j.value AS name, mb.user, mb.role FROM json_each(?1) j CROSS JOIN user u ON u.name = j.value
       CROSS JOIN member mb ON mb.user = u.id AND mb.conversation = ?2 WHERE mb.until_seq IS NULL`,
    )
    this.#add = database.prepare(
      `INSERT INTO member (user, conversation, role, from_seq, joined_at, delivered_seq, read_seq)
       SELECT value, ?2, ?3, ?4, ?5, ?4, ?4 FROM json_each(?1) WHERE true
       ON CONFLICT (user, conversation) DO UPDATE SET role = excluded.role, from_seq = excluded.from_seq, joined_at = excluded.joined_at,
         delivered_seq = max(delivered_seq, excluded.delivered_seq), read_seq = max(read_seq, excluded.read_seq),
         until_seq = NULL, until_message = NULL, until_name = NULL`,
    )
    this.#end = database.prepare(
      'UPDATE member SET until_seq = ?, until_message = ?, until_name = ? WHERE user IN (SELECT value FROM json_each(?)) AND conversation = ?',
    )
    this.#setRole = database.prepare('UPDATE member SET role = ? WHERE user = ? AND conversation = ?')
    this.#mute = database.prepare('UPDATE member SET muted_until = ? WHERE user IN (SELECT value FROM json_each(?)) AND conversation = ?')
    this.#clear = database.prepare('UPDATE member SET cleared_seq = max(cleared_seq, ?) WHERE user = ? AND conversation = ?')
    this.#active = database.prepare(`SELECT mb.user, u.name, mb.from_seq, mb.until_seq ${active} AND mb.user > ? ORDER BY mb.user LIMIT ?`)
    this.#leftSince = database.prepare(
      `SELECT mb.user, u.name, mb.from_seq, mb.until_seq FROM member mb JOIN user u ON u.id = mb.user
       WHERE mb.conversation = ? AND mb.until_seq IS NOT NULL AND mb.until_message >= ?`,
    )
    this.#page = database.prepare(`SELECT u.name, ${COLUMNS} ${active} AND mb.user > ? ORDER BY mb.user LIMIT ?`)
    this.#readers = database.prepare(
      `SELECT u.name, mb.user, mb.delivered_seq, mb.read_seq FROM member mb JOIN user u ON u.id = mb.user
       WHERE mb.conversation = ?1 AND mb.role > 0 AND mb.until_seq IS NULL AND mb.from_seq < ?2 AND mb.read_seq >= ?2 AND mb.user > ?3 ORDER BY mb.user LIMIT ?4`,
    )
    this.#counts = database.prepare(
      `SELECT count(*) AS members, ifnull(sum(read_seq >= ?1), 0) AS readers, ifnull(sum(max(read_seq, delivered_seq) >= ?1), 0) AS receivers
       FROM member WHERE conversation = ?2 AND role > 0 AND until_seq IS NULL AND from_seq < ?1 AND user <> ?3`,
    )
    this.#hiddenCounts = database.prepare(
      `SELECT ifnull(sum(mb.read_seq >= ?1), 0) AS readers, ifnull(sum(max(mb.read_seq, mb.delivered_seq) >= ?1), 0) AS receivers
       FROM (SELECT blocked AS user FROM block WHERE user = ?4 UNION SELECT user FROM block WHERE blocked = ?4) hidden
       CROSS JOIN member mb ON mb.user = hidden.user AND mb.conversation = ?2
       WHERE mb.role > 0 AND mb.until_seq IS NULL AND mb.from_seq < ?1 AND mb.user <> ?3`,
    )
  }

  /** Also a former member. */
  find(user: number, conversation: number): MemberRow | undefined {
    return this.#find.get(user, conversation) as MemberRow | undefined
  }

  findByName(user: string, conversation: number): MemberRow | undefined {
    return this.#findByName.get(user, conversation) as MemberRow | undefined
  }

  /** Those of these names that are members now. */
  named(names: readonly string[], conversation: number): Map<string, { user: number; role: Role }> {
    const rows = this.#named.all(JSON.stringify(names), conversation) as { name: string; user: number; role: Role }[]
    return new Map(rows.map((row) => [row.name, row]))
  }

  /** New members, or former ones who are back; all up to `fromSeq` is not for them, and counts as read. */
  add(users: readonly number[], conversation: number, made: { role: Role; fromSeq: number; at: number }): void {
    this.#add.run(JSON.stringify(users), conversation, made.role, made.fromSeq, made.at)
  }

  /** The entry at `seq`, of row `message`, is the last that the users see of what was called `name` then. */
  end(users: readonly number[], conversation: number, last: { seq: number; message: number; name: string }): void {
    this.#end.run(last.seq, last.message, last.name, JSON.stringify(users), conversation)
  }

  setRole(user: number, conversation: number, role: Role): void {
    this.#setRole.run(role, user, conversation)
  }

  mute(users: readonly number[], conversation: number, until: number): void {
    this.#mute.run(until, JSON.stringify(users), conversation)
  }

  clear(user: number, conversation: number, seq: number): void {
    this.#clear.run(seq, user, conversation)
  }

  /** Members of a group, and from where they see it. */
  active(conversation: number, afterUser: number, limit: number): AudienceRow[] {
    return this.#active.all(conversation, afterUser, limit) as unknown as AudienceRow[]
  }

  /** Those who have left by the entry of row `message` or a later one. */
  leftSince(conversation: number, message: number): AudienceRow[] {
    return this.#leftSince.all(conversation, message) as unknown as AudienceRow[]
  }

  page(conversation: number, afterUser: number, limit: number): (MemberRow & { name: string })[] {
    return this.#page.all(conversation, afterUser, limit) as unknown as (MemberRow & { name: string })[]
  }

  /** Those of the members to whom a message was shown that have read it. */
  readers(conversation: number, seq: number, afterUser: number, limit: number): ReaderRow[] {
    return this.#readers.all(conversation, seq, afterUser, limit) as unknown as ReaderRow[]
  }

  /** How many of the members but one was a message shown to, and how many of them have it. */
  counts(conversation: number, seq: number, butUser: number): { members: number; readers: number; receivers: number } {
    return this.#counts.get(seq, conversation, butUser) as { members: number; readers: number; receivers: number }
  }

  /** How many of those counted one and the viewer have blocked the other. */
  hiddenCounts(
    conversation: number,
    seq: number,
    { butUser, viewer }: { butUser: number; viewer: number },
  ): { readers: number; receivers: number } {
    return this.#hiddenCounts.get(seq, conversation, butUser, viewer) as { readers: number; receivers: number }
  }

  groupsOf(user: number): number[] {
    return (this.#groupsOf.all(user) as { conversation: number }[]).map(({ conversation }) => conversation)
  }

  isInOneOf(user: number, groups: readonly number[]): boolean {
    // The same list is asked for one user after the other.
    if (this.#asked.groups !== groups) this.#asked = { groups, json: JSON.stringify(groups) }
    return this.#isInOneOf.get(this.#asked.json, user) !== undefined
  }
}
