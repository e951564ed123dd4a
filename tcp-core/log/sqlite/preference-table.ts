import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Preference } from '../../../shared/gen/hawser.ts'

/** What each user keeps about a conversation, for all devices. */
export class PreferenceTable {
  readonly #set: StatementSync
  readonly #find: StatementSync

  constructor(database: DatabaseSync) {
    this.#set = database.prepare(
      `INSERT INTO preference (user, conversation, draft, muted_until, pinned, archived)
       VALUES (?1, ?2, ifnull(?3, ''), ifnull(?4, 0), ifnull(?5, 0), ifnull(?6, 0))
       ON CONFLICT (user, conversation) DO UPDATE SET draft = ifnull(?3, draft), muted_until = ifnull(?4, muted_until),
         pinned = ifnull(?5, pinned), archived = ifnull(?6, archived)`,
    )
    this.#find = database.prepare('SELECT draft, muted_until, pinned, archived FROM preference WHERE user = ? AND conversation = ?')
  }

  /** What is not given stays. */
  set(user: number, conversation: number, { draft, mutedUntil, pinned, archived }: Preference): void {
    const flag = (value: boolean | undefined) => (value === undefined ? null : Number(value))
    this.#set.run(user, conversation, draft ?? null, mutedUntil ?? null, flag(pinned), flag(archived))
  }

  find(user: number, conversation: number, conversationId: string): Preference | undefined {
    const row = this.#find.get(user, conversation) as { draft: string; muted_until: number; pinned: number; archived: number } | undefined
    return row && { conversationId, draft: row.draft, mutedUntil: row.muted_until, pinned: row.pinned === 1, archived: row.archived === 1 }
  }
}
