import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Allowance } from '../rules/facts.ts'

/** How many groups each user is in, how often others have put him into one today, and how many he has put into one. Days are those of UTC. */
export class AllowanceTable {
  readonly #of: StatementSync
  readonly #spend: StatementSync
  readonly #added: StatementSync
  readonly #entered: StatementSync
  readonly #left: StatementSync

  constructor(database: DatabaseSync) {
    this.#of = database.prepare(
      `SELECT u.name, ifnull(s.added_by, 0) AS addedBy, ifnull(a.day, -1) AS day, ifnull(a.added, 0) AS added, ifnull(a.adds, 0) AS adds,
         ifnull(a.groups, 0) AS groups
       FROM json_each(?) j CROSS JOIN user u ON u.name = j.value LEFT JOIN allowance a ON a.user = u.id LEFT JOIN status s ON s.user = u.id`,
    )
    this.#spend = database.prepare(
      `INSERT INTO allowance (user, day, adds) VALUES (?1, ?2, ?3) ON CONFLICT (user) DO UPDATE SET
         adds = iif(day = ?2, adds, 0) + ?3, added = iif(day = ?2, added, 0), day = ?2`,
    )
    this.#added = database.prepare(
      `UPDATE allowance SET added = iif(day = ?2, added, 0) + 1, adds = iif(day = ?2, adds, 0), day = ?2
       WHERE user IN (SELECT value FROM json_each(?1))`,
    )
    this.#entered = database.prepare(
      `INSERT INTO allowance (user, groups) SELECT value, 1 FROM json_each(?) WHERE true ON CONFLICT (user) DO UPDATE SET groups = groups + 1`,
    )
    this.#left = database.prepare('UPDATE allowance SET groups = groups - 1 WHERE user IN (SELECT value FROM json_each(?))')
  }

  /** Of those of these users that have a row. */
  of(names: readonly string[]): Map<string, Allowance> {
    const rows = this.#of.all(JSON.stringify(names)) as unknown as (Allowance & { name: string })[]
    return new Map(rows.map((row) => [row.name, row]))
  }

  /** The user puts others into a group, who have entered it. */
  added(user: number, others: readonly number[], day: number): void {
    this.#spend.run(user, day, others.length)
    this.#added.run(JSON.stringify(others), day)
  }

  entered(users: readonly number[]): void {
    this.#entered.run(JSON.stringify(users))
  }

  left(users: readonly number[]): void {
    this.#left.run(JSON.stringify(users))
  }
}
