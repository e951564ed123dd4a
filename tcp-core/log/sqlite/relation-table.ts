import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { directConversationId, directPeer } from '../../../shared/conversation-id.ts'
import { ContactState, type PresenceAudience, type Relation, type Status } from '../../../shared/gen/hawser.ts'
import type { Placed } from '../reads/answer-items.ts'
import { type ContactRow, contactState } from '../reads/contact-state.ts'

/** More than one answer holds of them. */
const AT_ONCE = 4096

/** What users are to each other: blocks, contacts, and what each says about himself. */
export class RelationTable {
  /** Most installations have none, and every 1:1 message would ask. */
  #hasBlocks: boolean
  readonly #isBlocked: StatementSync
  readonly #block: StatementSync
  readonly #unblock: StatementSync
  readonly #blocks: StatementSync
  readonly #blockCount: StatementSync
  readonly #contact: StatementSync
  readonly #setContact: StatementSync
  readonly #endContact: StatementSync
  readonly #contacts: StatementSync
  readonly #isBlockedByName: StatementSync
  readonly #blocksAfter: StatementSync
  readonly #hasContact: StatementSync
  readonly #setStatus: StatementSync
  readonly #status: StatementSync
  readonly #seen: StatementSync
  readonly #online: StatementSync
  readonly #offline: StatementSync
  readonly #seenOnline: StatementSync
  readonly #endOnline: StatementSync

  constructor(database: DatabaseSync, cached = true) {
    this.#hasBlocks = !cached || database.prepare('SELECT 1 FROM block LIMIT 1').get() !== undefined
    this.#isBlocked = database.prepare('SELECT 1 FROM block WHERE user = ? AND blocked = ?')
    this.#block = database.prepare('INSERT INTO block (user, blocked) VALUES (?, ?) ON CONFLICT DO NOTHING')
    this.#unblock = database.prepare('DELETE FROM block WHERE user = ? AND blocked = ?')
    this.#blocks = database.prepare('SELECT u.name FROM block b JOIN user u ON u.id = b.blocked WHERE b.user = ? ORDER BY u.name')
    this.#blockCount = database.prepare('SELECT count(*) AS count FROM block WHERE user = ?')
    this.#contact = database.prepare('SELECT state, asked_by FROM contact WHERE conversation = ?')
    this.#setContact = database.prepare(
      'INSERT INTO contact (conversation, state, asked_by) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state, asked_by = excluded.asked_by',
    )
    this.#endContact = database.prepare('DELETE FROM contact WHERE conversation = ?')
    this.#contacts = database.prepare(
      `SELECT mb.conversation AS id, v.name AS conversation, c.state, c.asked_by FROM member mb JOIN contact c ON c.conversation = mb.conversation
       JOIN conversation v ON v.id = mb.conversation WHERE mb.user = ? AND mb.conversation > ? ORDER BY mb.conversation LIMIT ${AT_ONCE}`,
    )
    this.#isBlockedByName = database.prepare('SELECT 1 FROM block WHERE user = ? AND blocked = (SELECT id FROM user WHERE name = ?)')
    this.#blocksAfter = database.prepare(
      `SELECT b.blocked AS id, u.name FROM block b JOIN user u ON u.id = b.blocked WHERE b.user = ? AND b.blocked > ? ORDER BY b.blocked LIMIT ${AT_ONCE}`,
    )
    this.#hasContact = database.prepare('SELECT 1 FROM contact WHERE conversation = (SELECT id FROM conversation WHERE name = ?)')
    this.#setStatus = database.prepare(
      `INSERT INTO status (user, text, audience, added_by) VALUES (?1, ifnull(?2, ''), ifnull(?3, 0), ifnull(?4, 0))
       ON CONFLICT (user) DO UPDATE SET text = ifnull(?2, text), audience = ifnull(?3, audience), added_by = ifnull(?4, added_by)`,
    )
    this.#status = database.prepare('SELECT text, audience, last_seen FROM status WHERE user = ?')
    this.#online = database.prepare('INSERT INTO online (user) SELECT id FROM user WHERE name = ? ON CONFLICT DO NOTHING')
    this.#offline = database.prepare('DELETE FROM online WHERE user = (SELECT id FROM user WHERE name = ?)')
    this.#seenOnline = database.prepare(
      `INSERT INTO status (user, last_seen) SELECT user, ? FROM online WHERE true
       ON CONFLICT (user) DO UPDATE SET last_seen = max(last_seen, excluded.last_seen)`,
    )
    this.#endOnline = database.prepare('DELETE FROM online')
    this.#seen = database.prepare(
      `INSERT INTO status (user, last_seen) SELECT id, ?2 FROM user WHERE name = ?1
       ON CONFLICT (user) DO UPDATE SET last_seen = max(last_seen, excluded.last_seen)`,
    )
  }

  /** Somebody has blocked somebody. */
  get hasBlocks(): boolean {
    return this.#hasBlocks
  }

  /** Whether `user` takes no messages of `other`. */
  isBlocked(user: number, other: number): boolean {
    return this.#hasBlocks && this.#isBlocked.get(user, other) !== undefined
  }

  /** Whether either has blocked the other: neither is told where the other is (P2). */
  isBetween(a: number, b: number): boolean {
    return this.isBlocked(a, b) || this.isBlocked(b, a)
  }

  block(user: number, other: number): void {
    this.#hasBlocks = true
    this.#block.run(user, other)
  }

  blockCount(user: number): number {
    return (this.#blockCount.get(user) as { count: number }).count
  }

  /** The names of those whom `user` has blocked. */
  blockedBy(user: number): string[] {
    return this.#hasBlocks ? (this.#blocks.all(user) as { name: string }[]).map(({ name }) => name) : []
  }

  unblock(user: number, other: number): void {
    this.#unblock.run(user, other)
  }

  /** How the two of a 1:1 conversation stand, seen by `user`. */
  contact(conversation: number, user: number): ContactState {
    return contactState(user, this.#contact.get(conversation) as ContactRow | undefined)
  }

  /** `ASKED` by `user`, or `CONTACT` of both, or none any more. */
  setContact(conversation: number, user: number, state: ContactState): void {
    if (state === ContactState.NO_CONTACT) this.#endContact.run(conversation)
    else this.#setContact.run(conversation, state, user)
  }

  setStatus(user: number, { text, audience, addedBy }: Status): void {
    this.#setStatus.run(user, text ?? null, audience ?? null, addedBy ?? null)
  }

  status(user: number): { text: string; audience: PresenceAudience; last_seen: number } | undefined {
    return this.#status.get(user) as { text: string; audience: PresenceAudience; last_seen: number } | undefined
  }

  /** The user is online; of one whom the log does not know nothing is kept. */
  online(user: string): void {
    this.#online.run(user)
  }

  /** Nobody is online any more, and all who were have been until then. */
  endOnline(at: number): void {
    this.#seenOnline.run(at)
    this.#endOnline.run()
  }

  /** When the user was last online; of one whom the log does not know nothing is kept. */
  seen(user: string, at: number): void {
    this.#seen.run(user, at)
    this.#offline.run(user)
  }

  /**
   * What the user has to do with others in this respect, from a place on that was given before;
   * '' is the beginning. First the contacts, then those who are only blocked.
   */
  *of(user: { id: number; name: string }, after: string): Generator<Placed<Relation>> {
    const last = Number.parseInt(after.slice(1) || '0', 36)
    if (!after.startsWith('b')) yield* this.#contactsOf(user, last)
    if (this.#hasBlocks) yield* this.#blockedOnly(user, after.startsWith('b') ? last : 0)
  }

  *#contactsOf({ id, name }: { id: number; name: string }, last: number): Generator<Placed<Relation>> {
    let after = last
    for (;;) {
      const rows = this.#contacts.all(id, after) as unknown as (ContactRow & { id: number; conversation: string })[]
      for (const row of rows) {
        const userId = directPeer(row.conversation, name) ?? ''
        const blocked = this.#hasBlocks && this.#isBlockedByName.get(id, userId) !== undefined
        yield { item: { userId, contact: contactState(id, row), blocked }, place: `c${row.id.toString(36)}` }
      }
      if (rows.length < AT_ONCE) return
      after = rows.at(-1)?.id ?? after
    }
  }

  *#blockedOnly({ id, name }: { id: number; name: string }, last: number): Generator<Placed<Relation>> {
    let after = last
    for (;;) {
      const rows = this.#blocksAfter.all(id, after) as unknown as { id: number; name: string }[]
      for (const row of rows) {
        if (this.#hasContact.get(directConversationId(name, row.name)) !== undefined) continue
        yield { item: { userId: row.name, contact: ContactState.NO_CONTACT, blocked: true }, place: `b${row.id.toString(36)}` }
      }
      if (rows.length < AT_ONCE) return
      after = rows.at(-1)?.id ?? after
    }
  }
}
