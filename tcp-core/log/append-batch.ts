import type { ErrorName } from '../../shared/codes.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { Append, AppendOutcome, Place } from './log-store.ts'
import type { Follows } from './rules/follows.ts'

/**
 * Appends and their outcomes on the way between the event loop and the storage thread: one
 * block of bytes each way, handed over without a copy, because a structured clone of an
 * object per message costs more than storing it.
 */
export type AppendFields = Omit<Append, 'settled'>

const writer = new ProtobufWriter()

/** Which of the rarer fields follow. */
const DETAILS = 1
const CHANGE = 2
const SEND_AT = 4
const DUE = 8
const SYSTEM = 16

export function encodeAppends(appends: readonly Append[]): Uint8Array {
  writer.reset()
  writer.varint(appends.length)
  for (const { sender, conversationId, clientMessageId, contentType, sentAt, content, details, change, sendAt, due, system } of appends) {
    writer.string(sender)
    writer.string(conversationId)
    writer.string(clientMessageId)
    writer.string(contentType)
    writer.varint(sentAt)
    writer.bytes(content)
    writer.byte((details ? DETAILS : 0) | (change ? CHANGE : 0) | (sendAt ? SEND_AT : 0) | (due ? DUE : 0) | (system ? SYSTEM : 0))
    if (details) writer.bytes(details)
    if (change) writer.bytes(change)
    if (sendAt) writer.varint(sendAt)
  }
  return writer.finishAlone()
}

export function decodeAppends(bytes: Uint8Array): AppendFields[] {
  const reader = new ProtobufReader(bytes)
  const appends = new Array<AppendFields>(reader.varint())
  for (let i = 0; i < appends.length; i++) {
    const sender = reader.string()
    const conversationId = reader.string()
    const clientMessageId = reader.string()
    const contentType = reader.string()
    const sentAt = reader.varint()
    const content = reader.bytes()
    const rest = reader.varint()
    const details = rest & DETAILS ? reader.bytes() : undefined
    const change = rest & CHANGE ? reader.bytes() : undefined
    const sendAt = rest & SEND_AT ? reader.varint() : undefined
    appends[i] = {
      sender,
      conversationId,
      clientMessageId,
      contentType,
      sentAt,
      content,
      details,
      change,
      sendAt,
      due: (rest & DUE) !== 0,
      system: (rest & SYSTEM) !== 0,
    }
  }
  return appends
}

const KINDS = ['stored', 'duplicate', 'conflict', 'refused', 'scheduled'] as const
export type StoredOutcome = Exclude<AppendOutcome, { kind: 'failed' }>

export function encodeOutcomes(outcomes: readonly StoredOutcome[]): Uint8Array {
  writer.reset()
  writer.varint(outcomes.length)
  for (const outcome of outcomes) {
    writer.varint(KINDS.indexOf(outcome.kind))
    switch (outcome.kind) {
      case 'stored':
        encodeFollows(outcome.follows)
        encodePlace(outcome)
        break
      case 'duplicate':
        encodePlace(outcome)
        break
      case 'refused':
        writer.string(outcome.code)
        writer.string(outcome.message)
        writer.string(outcome.field)
        writer.varint(outcome.retryAfterMs)
        break
      case 'scheduled':
        writer.varint(outcome.sendAt)
        writer.byte(outcome.duplicate ? 1 : 0)
        break
      case 'conflict':
        break
    }
  }
  return writer.finishAlone()
}

function encodePlace({ seq, messageId, sentAt, digest }: Place): void {
  writer.varint(seq)
  writer.string(messageId)
  writer.varint(sentAt)
  writer.varint(digest)
}

/** From nearly every message nothing follows, which is one byte. */
function encodeFollows(follows: Follows | undefined): void {
  writer.byte(follows ? 1 : 0)
  if (!follows) return
  writer.varint(follows.came.length)
  for (const name of follows.came) writer.string(name)
  writer.varint(follows.fromSeq)
  writer.varint(follows.went.length)
  for (const name of follows.went) writer.string(name)
  writer.varint(follows.gone.length)
  for (const seq of follows.gone) writer.varint(seq)
  writer.byte(follows.dissolved ? 1 : 0)
  writer.varint(follows.alarmAt)
}

function decodeFollows(reader: ProtobufReader): Follows | undefined {
  if (!reader.bool()) return undefined
  return {
    came: decodeList(reader, () => reader.string()),
    fromSeq: reader.varint(),
    went: decodeList(reader, () => reader.string()),
    gone: decodeList(reader, () => reader.varint()),
    dissolved: reader.bool(),
    alarmAt: reader.varint(),
  }
}

function decodeList<T>(reader: ProtobufReader, next: () => T): T[] {
  return Array.from({ length: reader.varint() }, next)
}

export function decodeOutcomes(bytes: Uint8Array): StoredOutcome[] {
  const reader = new ProtobufReader(bytes)
  const outcomes = new Array<StoredOutcome>(reader.varint())
  for (let i = 0; i < outcomes.length; i++) outcomes[i] = decodeOutcome(KINDS[reader.varint()] as (typeof KINDS)[number], reader)
  return outcomes
}

function decodeOutcome(kind: (typeof KINDS)[number], reader: ProtobufReader): StoredOutcome {
  switch (kind) {
    // Written out: there is one for every message, and a spread makes two objects of it.
    case 'stored': {
      const follows = decodeFollows(reader)
      return { kind, follows, seq: reader.varint(), messageId: reader.string(), sentAt: reader.varint(), digest: reader.varint() }
    }
    case 'duplicate':
      return { kind, seq: reader.varint(), messageId: reader.string(), sentAt: reader.varint(), digest: reader.varint() }
    case 'refused': {
      const code = reader.string() as ErrorName
      return { kind, code, message: reader.string(), field: reader.string(), retryAfterMs: reader.varint() }
    }
    case 'scheduled':
      return { kind, sendAt: reader.varint(), duplicate: reader.bool() }
    case 'conflict':
      return { kind }
  }
}
