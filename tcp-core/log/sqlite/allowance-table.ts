import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AddedBy } from '../../../shared/gen/hawser.ts'

const DAY_MS = 86_400_000

/** How many groups each user is in, how often others have put him into one today, and how many he has put into one. Days are those of UTC. */
export class AllowanceTable {
  readonly #policies: StatementSync
  readonly #full: StatementSync
  readonly #adds: StatementSync
  readonly #spend: StatementSync
  readonly #added: StatementSync
  readonly #entered: StatementSync
  readonly #left: StatementSync

  constructor(database: DatabaseSync) {
    this.#policies = database.prepare(
      `SELECT u.id, u.name, ifnull(s.added_by, 0) AS added_by FROM json_each(?) j CROSS JOIN user u ON u.id = j.value LEFT JOIN status s ON s.user = u.id`,
    )
    this.#full = database.prepare(
      `SELECT u.name FROM json_each(?1) j CROSS JOIN allowance a ON a.user = j.value JOIN user u ON u.id = a.user
       WHERE (a.day = ?2 AND a.added >= ?3) OR a.groups >= ?4 LIMIT 1`,
    )
    this.#adds = database.prepare('SELECT adds FROM allowance WHERE user = ? AND day = ?')
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

  /** Who says what of who may put him into a group. */
  policies(users: readonly number[]): { id: number; name: string; added_by: AddedBy }[] {
    return this.#policies.all(JSON.stringify(users)) as { id: number; name: string; added_by: AddedBy }[]
  }

  /** The name of one of the users whom nobody may put into one more group for now. */
  full(users: readonly number[], at: number, most: { aDay: number; groups: number }): string | undefined {
    const row = this.#full.get(JSON.stringify(users), dayOf(at), most.aDay, most.groups)
    return (row as { name: string } | undefined)?.name
  }

  /** How many the user has put into groups today. */
  adds(user: number, at: number): number {
    return (this.#adds.get(user, dayOf(at)) as { adds: number } | undefined)?.adds ?? 0
  }

  /** The user puts others into a group, who have entered it. */
  added(user: number, others: readonly number[], at: number): void {
    this.#spend.run(user, dayOf(at), others.length)
    this.#added.run(JSON.stringify(others), dayOf(at))
  }

  entered(users: readonly number[]): void {
    this.#entered.run(JSON.stringify(users))
  }

  left(users: readonly number[]): void {
    this.#left.run(JSON.stringify(users))
  }
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS)
}
