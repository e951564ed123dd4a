import { type ConversationKind, conversationKind } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import { readChange, readDetails } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import type { AppendFields, StoredOutcome } from './append-batch.ts'
import { type Decision, decide } from './rules/decide.ts'
import type { Given } from './rules/entry.ts'

export type Refused = Extract<StoredOutcome, { kind: 'refused' }>

/** A conversation that is there, as far as its next entry needs it. */
export interface KnownConversation {
  readonly kind: ConversationKind
  readonly lastSeq: number
}

/** What becomes of an append that is new; `known` is undefined where its conversation is not there. A refusal of the rules is an outcome. */
export function decideOn(given: Given, message: AppendFields, known: KnownConversation | undefined): Decision | Refused {
  const { conversationId, sender, system, sentAt, clientMessageId, contentType, content, sendAt, due = false } = message
  const change = message.change && readChange(new ProtobufReader(message.change))
  const details = message.details && readDetails(new ProtobufReader(message.details))
  const entry = {
    conversationId,
    kind: known?.kind ?? kindOf(conversationId),
    isNew: known === undefined,
    actor: sender,
    bySystem: system === true,
    seq: (known?.lastSeq ?? 0) + 1,
    at: sentAt,
  }
  try {
    return decide(given, entry, { clientMessageId, contentType, content, details, change, sendAt, due })
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    const { code, message: why, field, retryAfterMs } = error
    return { kind: 'refused', code, message: why, field, retryAfterMs }
  }
}

/** Throws where the name can be no conversation's: whoever brings an append has checked that. */
export function kindOf(conversationId: string): ConversationKind {
  const kind = conversationKind(conversationId)
  if (!kind) throw new Error(`"${conversationId}" names no conversation`)
  return kind
}
