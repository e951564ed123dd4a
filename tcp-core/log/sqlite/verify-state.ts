import type { DatabaseSync } from 'node:sqlite'
import { Role } from '../../../shared/gen/hawser.ts'
import { EXPIRED, PINNED } from '../message-flags.ts'
import { entryAt } from './places.ts'

/** Rows whose message is not there. */
const lost = (table: string, what: string, column = 'message') =>
  `SELECT printf('${what} of message %d: there is no such message', t.${column}) AS finding
   FROM ${table} t LEFT JOIN message m ON m.id = t.${column} WHERE m.id IS NULL`

/** The same where the message is named by its place. That no seq is missing is looked at elsewhere. */
const lostPlace = (table: string, what: string) =>
  `SELECT printf('%s: ${what} of seq %d, which is not there', ifnull(c.name, t.conversation), t.seq) AS finding
   FROM ${table} t LEFT JOIN conversation c ON c.id = t.conversation
   LEFT JOIN message m ON m.id = c.last_message WHERE t.seq NOT BETWEEN 1 AND ifnull(m.seq, 0)`

/** Rows whose user is not there. */
const lostUser = (table: string, what: string, column = 'user') =>
  `SELECT printf('${what}: there is no user %d', t.${column}) AS finding
   FROM ${table} t LEFT JOIN user u ON u.id = t.${column} WHERE u.id IS NULL`

const ACTIVE = 'FROM member WHERE conversation = g.conversation AND role > 0 AND until_seq IS NULL'

/** What is kept besides the entries and has to agree with them: each gives what is wrong, a sentence a row. */
export const STATE_CHECKS: readonly (readonly [what: string, sql: string])[] = [
  [
    'groups',
    `SELECT printf('%s: has %d members, its group says %d', c.name, (SELECT count(*) ${ACTIVE}), g.member_count) AS finding
     FROM grp g JOIN conversation c ON c.id = g.conversation WHERE g.member_count <> (SELECT count(*) ${ACTIVE})`,
  ],
  [
    'owners',
    `SELECT printf('%s: its owner is not the only member who is one', c.name) AS finding FROM grp g JOIN conversation c ON c.id = g.conversation
     WHERE ifnull((SELECT group_concat(user) ${ACTIVE} AND role = ${Role.OWNER}), '0') <> CAST(g.owner AS TEXT) OR (g.owner = 0 AND g.dissolved = 0)`,
  ],
  [
    'groups',
    `SELECT printf('%s: there is no group', c.name) AS finding FROM conversation c
     LEFT JOIN grp g ON g.conversation = c.id WHERE c.name LIKE 'group/%' AND g.conversation IS NULL`,
  ],
  [
    'groups',
    `SELECT printf('group %d: there is no conversation', g.conversation) AS finding
     FROM grp g LEFT JOIN conversation c ON c.id = g.conversation WHERE c.name IS NULL OR c.name NOT LIKE 'group/%'`,
  ],
  ['what became of messages', lost('aftermath', 'an aftermath')],
  ['edits', lost('edit', 'an edit')],
  ['edits', lost('edit', 'the entry', 'entry')],
  ['reactions', lost('reaction', 'a reaction')],
  ['reactions', lostUser('reaction', 'a reaction')],
  [
    'reactions',
    `SELECT printf('message %d: %d reactions of a kind are counted as %d', ifnull(r.message, c.message), ifnull(r.count, 0), ifnull(c.count, 0)) AS finding
     FROM (SELECT message, key, count(*) AS count FROM reaction GROUP BY message, key) r
     FULL JOIN reaction_count c ON c.message = r.message AND c.key = r.key WHERE r.count IS NOT c.count`,
  ],
  ['expiries', lost('expiry', 'an expiry')],
  ['pins', lostPlace('pin', 'a pin')],
  [
    'pins',
    `SELECT printf('%s: seq %d is pinned, and does not say so', c.name, p.seq) AS finding FROM pin p JOIN conversation c ON c.id = p.conversation
     JOIN message m ON m.id = ${entryAt('p.conversation', 'p.seq')} WHERE m.flags & ${PINNED} = 0`,
  ],
  ['mentions', lostPlace('mention', 'a mention')],
  ['mentions', lostUser('mention', 'a mention')],
  ['threads', lostPlace('thread', 'a thread')],
  ['scheduled messages', lostUser('scheduled', 'a scheduled message', 'sender')],
  [
    'groups of users',
    `SELECT printf('a user is in %d groups, and counted in %d', ifnull(m.groups, 0), ifnull(a.groups, 0)) AS finding
     FROM (SELECT user, count(*) AS groups FROM member WHERE role > 0 AND until_seq IS NULL GROUP BY user) m
     FULL JOIN allowance a ON a.user = m.user WHERE ifnull(m.groups, 0) <> ifnull(a.groups, 0)`,
  ],
  ['bans of groups', lostUser('group_ban', 'a ban of a group')],
  ['preferences', lostUser('preference', 'a preference')],
  ['blocks', lostUser('block', 'a block')],
  ['blocks', lostUser('block', 'a block', 'blocked')],
  ['the search index', lost('search_docsize', 'the search index', 'id')],
  [
    'the search index',
    `SELECT printf('message %d has disappeared, and is in the search index', m.id) AS finding
     FROM search_docsize t JOIN message m ON m.id = t.id WHERE m.flags & ${EXPIRED} <> 0`,
  ],
]

export function* stateFindings(database: DatabaseSync, sql: string): Generator<string> {
  for (const row of database.prepare(sql).iterate()) yield (row as { finding: string }).finding
}
