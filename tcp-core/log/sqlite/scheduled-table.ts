import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Reschedule, readSend, type Scheduled, type Unsent } from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import type { DueSend } from '../log-store.ts'
import type { Placed } from '../reads/answer-items.ts'

/** Of what is sent at once: a batch like others. */
const DUE_BYTES = 256 * 1024

interface ScheduledRow {
  readonly send: Uint8Array
  readonly refusal: string
  readonly refusal_message: string
  readonly due_at: number | null
}

interface DueRow {
  readonly name: string
  readonly send: Uint8Array
  readonly send_at: number
  readonly tries: number
}

/** Messages that wait for their time. */
export class ScheduledTable {
  readonly #count: StatementSync
  readonly #add: StatementSync
  readonly #find: StatementSync
  readonly #remove: StatementSync
  readonly #of: StatementSync
  readonly #one: StatementSync
  readonly #due: StatementSync
  readonly #refuse: StatementSync
  readonly #reschedule: StatementSync

  constructor(database: DatabaseSync) {
    this.#count = database.prepare('SELECT count(*) AS count FROM scheduled WHERE sender = ?')
    this.#add = database.prepare('INSERT INTO scheduled (sender, client_message_id, send_at, due_at, send) VALUES (?1, ?2, ?3, ?3, ?4)')
    this.#find = database.prepare('SELECT send_at AS sendAt, send FROM scheduled WHERE sender = ? AND client_message_id = ?')
    this.#remove = database.prepare('DELETE FROM scheduled WHERE sender = ? AND client_message_id = ?')
    this.#of = database.prepare('SELECT id, send_at FROM scheduled WHERE sender = ? AND (send_at, id) > (?, ?) ORDER BY send_at, id')
    this.#one = database.prepare('SELECT send, refusal, refusal_message, due_at FROM scheduled WHERE id = ?')
    this.#refuse = database.prepare(
      'UPDATE scheduled SET due_at = ?, refusal = ?, refusal_message = ?, tries = tries + 1 WHERE sender = ? AND client_message_id = ?',
    )
    this.#reschedule = database.prepare(
      "UPDATE scheduled SET send_at = ?1, due_at = ?1, refusal = '', refusal_message = '', tries = 0 WHERE sender = ?2 AND client_message_id = ?3",
    )
    this.#due = database.prepare(
      'SELECT u.name, s.send, s.send_at, s.tries FROM scheduled s JOIN user u ON u.id = s.sender WHERE s.due_at <= ? ORDER BY s.due_at LIMIT ?',
    )
  }

  /** Keeps an encoded Send for its time. */
  add(sender: number, clientMessageId: string, kept: { sendAt: number; send: Uint8Array }): void {
    this.#add.run(sender, clientMessageId, kept.sendAt, kept.send)
  }

  find(sender: number, clientMessageId: string): { sendAt: number; send: Uint8Array } | undefined {
    return this.#find.get(sender, clientMessageId) as { sendAt: number; send: Uint8Array } | undefined
  }

  count(sender: number): number {
    return (this.#count.get(sender) as { count: number }).count
  }

  /** It was sent, or will never be. */
  remove(sender: number, clientMessageId: string): void {
    this.#remove.run(sender, clientMessageId)
  }

  /** It was refused, and waits for its next time, or for its sender where that is 0. */
  unsent(sender: number, { clientMessageId, code, message, nextTryAt }: Omit<Unsent, 'conversationId'>): void {
    this.#refuse.run(nextTryAt || null, code, message, sender, clientMessageId)
  }

  reschedule(sender: number, { clientMessageId, sendAt }: Reschedule): void {
    this.#reschedule.run(sendAt, sender, clientMessageId)
  }

  /** What waits, from a place on that was given before; '' is the beginning. */
  *of(sender: number, after: string): Generator<Placed<Scheduled>> {
    const [sendAt = 0, id = 0] = after === '' ? [] : after.split('-').map((part) => Number.parseInt(part, 36))
    for (const row of this.#of.all(sender, sendAt, id) as { id: number; send_at: number }[]) {
      const { send, refusal, refusal_message, due_at } = this.#one.get(row.id) as unknown as ScheduledRow
      const { clientMessageId, conversationId, contentType, content, details } = readSend(new ProtobufReader(send))
      const place = `${row.send_at.toString(36)}-${row.id.toString(36)}`
      const refused = { refusal, refusalMessage: refusal_message, nextTryAt: refusal === '' ? 0 : (due_at ?? 0) }
      yield { item: { clientMessageId, conversationId, sendAt: row.send_at, contentType, content, details, ...refused }, place }
    }
  }

  due(now: number, limit: number): DueSend[] {
    const sends: DueSend[] = []
    let bytes = 0
    for (const row of this.#due.iterate(now, limit) as Iterable<unknown> as Iterable<DueRow>) {
      sends.push({ sender: row.name, send: readSend(new ProtobufReader(row.send)), sendAt: row.send_at, tries: row.tries })
      bytes += row.send.length
      if (bytes > DUE_BYTES) break
    }
    return sends
  }
}
