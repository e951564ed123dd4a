import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { RequestError } from '../../../shared/errors.ts'
import { CLIENT_MESSAGE_ID_BYTES, checkId } from '../../../shared/fields.ts'
import {
  type Reschedule,
  readSend,
  type Scheduled,
  type Send,
  type Unschedule,
  type Unsent,
  writeSend,
} from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../../shared/protobuf-writer.ts'
import type { Placed } from '../answer-items.ts'
import type { Entry } from '../changes/entry.ts'

const MAX_OF_ONE_USER = 100
/** Of what is sent at once: a batch like others. */
const DUE_BYTES = 256 * 1024
const writer = new ProtobufWriter()

/** A message whose time has come. */
export interface DueSend {
  readonly sender: string
  readonly send: Send
  /** When its sender wanted it sent, in milliseconds since 1970. */
  readonly sendAt: number
  /** How often it was refused. */
  readonly tries: number
}

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
    this.#find = database.prepare('SELECT send_at, send FROM scheduled WHERE sender = ? AND client_message_id = ?')
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

  /** Keeps a message for its time. Says `duplicate` where the same is kept already, `conflict` where another is under its id. */
  add(sender: number, send: Send, sendAt: number): 'stored' | 'duplicate' | 'conflict' {
    writer.reset()
    writeSend(writer, send)
    const encoded = writer.finishAlone()
    const kept = this.#find.get(sender, send.clientMessageId) as { send_at: number; send: Uint8Array } | undefined
    if (kept) return kept.send_at === sendAt && Buffer.compare(kept.send, encoded) === 0 ? 'duplicate' : 'conflict'
    const { count } = this.#count.get(sender) as { count: number }
    if (count >= MAX_OF_ONE_USER) throw new RequestError('limit_reached', `A user has at most ${MAX_OF_ONE_USER} scheduled messages.`)
    this.#add.run(sender, send.clientMessageId, sendAt, encoded)
    return 'stored'
  }

  /** It was sent, or will never be. Says whether it was there. */
  remove(sender: number, clientMessageId: string): boolean {
    return this.#remove.run(sender, clientMessageId).changes > 0
  }

  /** S6: it was refused, and waits for its next time, or for its sender. */
  unsent(entry: Entry, { clientMessageId, code, message, nextTryAt }: Unsent): void {
    if (!entry.bySystem) throw new RequestError('forbidden', 'That is for the server to say.')
    this.#refuse.run(nextTryAt || null, code, message, entry.actor, clientMessageId)
  }

  reschedule(entry: Entry, { clientMessageId, sendAt }: Reschedule): void {
    checkOwn(entry)
    const { changes } = this.#reschedule.run(Math.max(sendAt, entry.at), entry.actor, clientMessageId)
    if (changes > 0) return
    checkId('client_message_id', clientMessageId, CLIENT_MESSAGE_ID_BYTES)
    throw notScheduled()
  }

  cancel(entry: Entry, { clientMessageId }: Unschedule): void {
    checkOwn(entry)
    if (this.remove(entry.actor, clientMessageId)) return
    checkId('client_message_id', clientMessageId, CLIENT_MESSAGE_ID_BYTES)
    throw notScheduled()
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

function checkOwn({ conversation }: Entry): void {
  if (conversation.kind !== 'own') throw new RequestError('forbidden', 'That is done in your own conversation.')
}

function notScheduled(): RequestError {
  return new RequestError('message_unknown', 'No message of this id is scheduled.', { field: 'client_message_id' })
}
