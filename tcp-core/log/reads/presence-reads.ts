import { directConversationId } from '../../../shared/conversation-id.ts'
import { ContactState, PresenceAudience } from '../../../shared/gen/hawser.ts'
import type { Sight, SightPair } from '../log-store.ts'
import { ReadSlice } from './read-slice.ts'
import type { Key, LogRows } from './rows.ts'

const UNKNOWN: Sight = { status: '', lastSeen: 0, audience: PresenceAudience.KNOWN }

/** Who may see whose presence (docs/PROTOCOL.md, T2), and whom users have blocked. */
export class PresenceReads {
  readonly #rows: LogRows

  constructor(rows: LogRows) {
    this.#rows = rows
  }

  /** For each pair what the one may see of the other; undefined where that is nothing. */
  sights(pairs: readonly SightPair[]): (Sight | undefined)[] {
    // Mostly one watcher, or one user and many of them.
    const groups = new Map<Key, readonly Key[]>()
    return inSlice(pairs, ({ watcher, user }) => this.#sight(watcher, user, groups))
  }

  /** The names that each of the users has blocked. */
  blocks(users: readonly string[]): string[][] {
    return inSlice(users, (name) => {
      const user = this.#rows.users.knownUser(name)
      return user === undefined ? [] : this.#rows.relations.blockedBy(user)
    })
  }

  #sight(watcherName: string, userName: string, groups: Map<Key, readonly Key[]>): Sight | undefined {
    const { users, conversations, relations } = this.#rows
    const user = users.knownUser(userName)
    const self = watcherName === userName
    // Nobody has a conversation with a user whom the log does not know.
    if (user === undefined) return self ? UNKNOWN : undefined
    const row = relations.status(user)
    const sight = row ? { status: row.text, lastSeen: row.last_seen, audience: row.audience } : UNKNOWN
    if (self) return sight
    const watcher = users.knownUser(watcherName)
    if (watcher === undefined || relations.isBlocked(user, watcher)) return undefined
    const direct = conversations.named(directConversationId(watcherName, userName))
    switch (sight.audience) {
      case PresenceAudience.NOBODY:
        return undefined
      case PresenceAudience.CONTACTS:
        return direct && relations.contact(direct.id, watcher) === ContactState.CONTACT ? sight : undefined
      default:
        return (direct && direct.last_seq > 0) || this.#isInGroupWith(watcher, user, groups) ? sight : undefined
    }
  }

  #isInGroupWith(watcher: Key, user: Key, groups: Map<Key, readonly Key[]>): boolean {
    const own = groups.get(watcher) ?? this.#rows.members.groupsOf(watcher)
    groups.set(watcher, own)
    return own.length > 0 && this.#rows.members.isInOneOf(user, own)
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
