import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { BanRow, BanRows } from '../reads/rows.ts'

/** Whom groups keep out. */
export class BanTable implements BanRows {
  readonly #add: StatementSync
  readonly #lift: StatementSync
  readonly #among: StatementSync
  readonly #count: StatementSync
  readonly #page: StatementSync

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      `INSERT INTO group_ban (conversation, user, banned_by, banned_at) SELECT ?2, value, ?3, ?4 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`,
    )
    this.#lift = database.prepare(
      `DELETE FROM group_ban WHERE conversation = ?2 AND user IN (SELECT u.id FROM json_each(?1) j JOIN user u ON u.name = j.value)`,
    )
    this.#among = database.prepare(
      `SELECT u.name FROM json_each(?1) j CROSS JOIN user u ON u.name = j.value CROSS JOIN group_ban b ON b.conversation = ?2 AND b.user = u.id ORDER BY j.key`,
    )
    this.#count = database.prepare('SELECT count(*) AS count FROM group_ban WHERE conversation = ?')
    this.#page = database.prepare(
      `SELECT b.user, u.name, a.name AS banned_by, b.banned_at FROM group_ban b JOIN user u ON u.id = b.user JOIN user a ON a.id = b.banned_by
       WHERE b.conversation = ? AND b.user > ? ORDER BY b.user LIMIT ?`,
    )
  }

  add(users: readonly number[], conversation: number, by: { user: number; at: number }): void {
    this.#add.run(JSON.stringify(users), conversation, by.user, by.at)
  }

  lift(names: readonly string[], conversation: number): void {
    this.#lift.run(JSON.stringify(names), conversation)
  }

  /** Those of these users that the group keeps out, in their order. */
  among(names: readonly string[], conversation: number): string[] {
    return (this.#among.all(JSON.stringify(names), conversation) as { name: string }[]).map(({ name }) => name)
  }

  count(conversation: number): number {
    return (this.#count.get(conversation) as { count: number }).count
  }

  page(conversation: number, afterUser: number, limit: number): BanRow[] {
    return this.#page.all(conversation, afterUser, limit) as unknown as BanRow[]
  }
}
