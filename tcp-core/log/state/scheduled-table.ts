import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { RequestError } from '../../../shared/errors.ts'
import { CLIENT_MESSAGE_ID_BYTES, checkId } from '../../../shared/fields.ts'
import { readSend, type Scheduled, type Send, type Unschedule, writeSend } from '../../../shared/gen/hawser.ts'
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

  constructor(database: DatabaseSync) {
    this.#count = database.prepare('SELECT count(*) AS count FROM scheduled WHERE sender = ?')
    this.#add = database.prepare('INSERT INTO scheduled (sender, client_message_id, send_at, send) VALUES (?, ?, ?, ?)')
    this.#find = database.prepare('SELECT send_at, send FROM scheduled WHERE sender = ? AND client_message_id = ?')
    this.#remove = database.prepare('DELETE FROM scheduled WHERE sender = ? AND client_message_id = ?')
    this.#of = database.prepare('SELECT id, send_at FROM scheduled WHERE sender = ? AND (send_at, id) > (?, ?) ORDER BY send_at, id')
    this.#one = database.prepare('SELECT send FROM scheduled WHERE id = ?')
    this.#due = database.prepare(
      'SELECT u.name, s.send FROM scheduled s JOIN user u ON u.id = s.sender WHERE s.send_at <= ? ORDER BY s.send_at, s.id LIMIT ?',
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

  cancel(entry: Entry, { clientMessageId }: Unschedule): void {
    if (entry.conversation.kind !== 'own') throw new RequestError('forbidden', 'That is done in your own conversation.')
    if (this.remove(entry.actor, clientMessageId)) return
    checkId('client_message_id', clientMessageId, CLIENT_MESSAGE_ID_BYTES)
    throw new RequestError('message_unknown', 'No message of this id is scheduled.', { field: 'client_message_id' })
  }

  /** What waits, from a place on that was given before; '' is the beginning. */
  *of(sender: number, after: string): Generator<Placed<Scheduled>> {
    const [sendAt = 0, id = 0] = after === '' ? [] : after.split('-').map((part) => Number.parseInt(part, 36))
    for (const row of this.#of.all(sender, sendAt, id) as { id: number; send_at: number }[]) {
      const { send } = this.#one.get(row.id) as { send: Uint8Array }
      const { clientMessageId, conversationId, contentType, content, details } = readSend(new ProtobufReader(send))
      const place = `${row.send_at.toString(36)}-${row.id.toString(36)}`
      yield { item: { clientMessageId, conversationId, sendAt: row.send_at, contentType, content, details }, place }
    }
  }

  due(now: number, limit: number): DueSend[] {
    const sends: DueSend[] = []
    let bytes = 0
    for (const row of this.#due.iterate(now, limit) as Iterable<unknown> as Iterable<{ name: string; send: Uint8Array }>) {
      sends.push({ sender: row.name, send: readSend(new ProtobufReader(row.send)) })
      bytes += row.send.length
      if (bytes > DUE_BYTES) break
    }
    return sends
  }
}
