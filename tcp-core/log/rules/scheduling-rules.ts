import { RequestError } from '../../../shared/errors.ts'
import { CLIENT_MESSAGE_ID_BYTES, checkId } from '../../../shared/fields.ts'
import { type Reschedule, type Send, type Unschedule, type Unsent, writeSend } from '../../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../../shared/protobuf-writer.ts'
import type { Effect } from './effects.ts'
import type { Entry, Given } from './entry.ts'

const MAX_OF_ONE_USER = 100
const writer = new ProtobufWriter()

/** A message is kept for its time. Nothing follows where the same is kept already; says `conflict` where another is under its id. */
export function schedule({ facts }: Given, { actor }: Entry, send: Send, sendAt: number): Effect[] | 'conflict' {
  writer.reset()
  writeSend(writer, send)
  const encoded = writer.finishAlone()
  const { clientMessageId } = send
  const kept = facts.scheduled(actor, clientMessageId)
  if (kept) return kept.sendAt === sendAt && Buffer.compare(kept.send, encoded) === 0 ? [] : 'conflict'
  if (facts.scheduledCount(actor) >= MAX_OF_ONE_USER) {
    throw new RequestError('limit_reached', `A user has at most ${MAX_OF_ONE_USER} scheduled messages.`)
  }
  return [{ kind: 'scheduled', clientMessageId, sendAt, send: encoded }]
}

export function unschedule(given: Given, entry: Entry, { clientMessageId }: Unschedule): Effect[] {
  checkScheduled(given, entry, clientMessageId)
  return [{ kind: 'unscheduled', clientMessageId }]
}

export function reschedule(given: Given, entry: Entry, { clientMessageId, sendAt }: Reschedule): Effect[] {
  checkScheduled(given, entry, clientMessageId)
  return [{ kind: 'rescheduled', clientMessageId, sendAt: Math.max(sendAt, entry.at) }]
}

/** S6: it was refused, and waits for its next time, or for its sender. */
export function unsent({ bySystem }: Entry, { clientMessageId, code, message, nextTryAt }: Unsent): Effect[] {
  if (!bySystem) throw new RequestError('forbidden', 'That is for the server to say.')
  return [{ kind: 'unsent', clientMessageId, code, message, nextTryAt }]
}

function checkScheduled({ facts }: Given, { kind, actor }: Entry, clientMessageId: string): void {
  if (kind !== 'own') throw new RequestError('forbidden', 'That is done in your own conversation.')
  if (facts.scheduled(actor, clientMessageId)) return
  checkId('client_message_id', clientMessageId, CLIENT_MESSAGE_ID_BYTES)
  throw new RequestError('message_unknown', 'No message of this id is scheduled.', { field: 'client_message_id' })
}
