import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { Append, AppendOutcome } from './log-store.ts'

/**
 * Appends and their outcomes on the way between the event loop and the storage thread: one
 * block of bytes each way, handed over without a copy, because a structured clone of an
 * object per message costs more than storing it.
 */
export type AppendFields = Omit<Append, 'settled'>

const writer = new ProtobufWriter()

export function encodeAppends(appends: readonly Append[]): Uint8Array {
  writer.reset()
  writer.varint(appends.length)
  for (const append of appends) {
    writer.string(append.sender)
    writer.string(append.conversationId)
    writer.string(append.clientMessageId)
    writer.string(append.contentType)
    writer.varint(append.sentAt)
    writer.bytes(append.content)
  }
  return writer.finishAlone()
}

export function decodeAppends(bytes: Uint8Array): AppendFields[] {
  const reader = new ProtobufReader(bytes)
  const appends = new Array<AppendFields>(reader.varint())
  for (let i = 0; i < appends.length; i++) {
    appends[i] = {
      sender: reader.string(),
      conversationId: reader.string(),
      clientMessageId: reader.string(),
      contentType: reader.string(),
      sentAt: reader.varint(),
      content: reader.bytes(),
    }
  }
  return appends
}

const KINDS = ['stored', 'duplicate', 'conflict'] as const
export type StoredOutcome = Exclude<AppendOutcome, { kind: 'failed' }>

export function encodeOutcomes(outcomes: readonly StoredOutcome[]): Uint8Array {
  writer.reset()
  writer.varint(outcomes.length)
  for (const outcome of outcomes) {
    writer.varint(KINDS.indexOf(outcome.kind))
    if (outcome.kind === 'conflict') continue
    writer.varint(outcome.seq)
    writer.string(outcome.messageId)
    writer.varint(outcome.sentAt)
    writer.varint(outcome.digest)
  }
  return writer.finishAlone()
}

export function decodeOutcomes(bytes: Uint8Array): StoredOutcome[] {
  const reader = new ProtobufReader(bytes)
  const outcomes = new Array<StoredOutcome>(reader.varint())
  for (let i = 0; i < outcomes.length; i++) {
    const kind = KINDS[reader.varint()] as (typeof KINDS)[number]
    outcomes[i] =
      kind === 'conflict'
        ? { kind }
        : { kind, seq: reader.varint(), messageId: reader.string(), sentAt: reader.varint(), digest: reader.varint() }
  }
  return outcomes
}
