import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { directConversationId } from '../../shared/conversation-id.ts'
import { ContactState, PresenceAudience } from '../../shared/gen/hawser.ts'
import type { Sight, SightPair } from './log-store.ts'
import { ReadSlice } from './reads/read-slice.ts'
import type { Tables } from './sqlite/tables.ts'

const UNKNOWN: Sight = { status: '', lastSeen: 0, audience: PresenceAudience.KNOWN }

/** Who may see whose presence (docs/PROTOCOL.md, T2), and whom users have blocked. */
export class PresenceReads {
  readonly #tables: Tables
  readonly #groups: StatementSync
  readonly #isInOne: StatementSync

  constructor(database: DatabaseSync, tables: Tables) {
    this.#tables = tables
    this.#groups = database.prepare(
      `SELECT mb.conversation FROM member mb JOIN grp g ON g.conversation = mb.conversation
       WHERE mb.user = ? AND mb.role > 0 AND mb.until_seq IS NULL AND g.dissolved = 0`,
    )
    this.#isInOne = database.prepare(
      `SELECT 1 FROM json_each(?) g JOIN member mb ON mb.user = ? AND mb.conversation = g.value
       WHERE mb.role > 0 AND mb.until_seq IS NULL LIMIT 1`,
    )
  }

  /** For each pair what the one may see of the other; undefined where that is nothing. */
  sights(pairs: readonly SightPair[]): (Sight | undefined)[] {
    // Mostly one watcher, or one user and many of them.
    const groups = new Map<number, string>()
    return inSlice(pairs, ({ watcher, user }) => this.#sight(watcher, user, groups))
  }

  /** The names that each of the users has blocked. */
  blocks(users: readonly string[]): string[][] {
    return inSlice(users, (name) => {
      const user = this.#tables.names.knownUser(name)
      return user === undefined ? [] : this.#tables.relations.blockedBy(user)
    })
  }

  #sight(watcherName: string, userName: string, groups: Map<number, string>): Sight | undefined {
    const { names, relations } = this.#tables
    const user = names.knownUser(userName)
    const self = watcherName === userName
    // Nobody has a conversation with a user whom the log does not know.
    if (user === undefined) return self ? UNKNOWN : undefined
    const row = relations.status(user)
    const sight = row ? { status: row.text, lastSeen: row.last_seen, audience: row.audience } : UNKNOWN
    if (self) return sight
    const watcher = names.knownUser(watcherName)
    if (watcher === undefined || relations.isBlocked(user, watcher)) return undefined
    const direct = names.conversation(directConversationId(watcherName, userName))
    switch (sight.audience) {
      case PresenceAudience.NOBODY:
        return undefined
      case PresenceAudience.CONTACTS:
        return direct && relations.contact(direct.id, watcher) === ContactState.CONTACT ? sight : undefined
      default:
        return (direct && direct.lastSeq > 0) || this.#isInGroupWith(watcher, user, groups) ? sight : undefined
    }
  }

  #isInGroupWith(watcher: number, user: number, groups: Map<number, string>): boolean {
    let own = groups.get(watcher)
    if (own === undefined) {
      const rows = this.#groups.all(watcher) as { conversation: number }[]
      own = JSON.stringify(rows.map(({ conversation }) => conversation))
      groups.set(watcher, own)
    }
    return own !== '[]' && this.#isInOne.get(own, user) !== undefined
  }
}

/** The answers to the first questions, at least one, as many as a slice has time for. */
function inSlice<Q, A>(questions: readonly Q[], answer: (question: Q) => A): A[] {
  const slice = new ReadSlice()
  const answers: A[] = []
  for (const question of questions) {
    if (answers.length > 0 && slice.isOver) break
    answers.push(answer(question))
  }
  return answers
}
