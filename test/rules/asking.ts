import { conversationKind } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import type { Change, Details } from '../../shared/gen/hawser.ts'
import { DEFAULT_LOG_RULES } from '../../tcp-core/log/log-rules.ts'
import { type Decision, decide } from '../../tcp-core/log/rules/decide.ts'
import type { Facts } from '../../tcp-core/log/rules/facts.ts'
import { NOW } from './hand-facts.ts'

/** Who asks for what. */
export interface Ask {
  readonly by: string
  readonly conversationId: string
  /** A plain message, where it is not given. */
  readonly change?: Change
  readonly details?: Details
  readonly sendAt?: number
  readonly due?: boolean
  readonly bySystem?: boolean
}

export function asked(facts: Facts, { by, conversationId, change, details, sendAt, due = false, bySystem = false }: Ask): Decision {
  const kind = conversationKind(conversationId)
  if (!kind) throw new Error(`"${conversationId}" names no conversation`)
  const conversation = facts.conversation(conversationId)
  const isNew = conversation === undefined
  const entry = { conversationId, kind, isNew, actor: by, bySystem, seq: (conversation?.lastSeq ?? 0) + 1, at: NOW }
  const content = Buffer.from('content')
  const given = { facts, rules: DEFAULT_LOG_RULES }
  return decide(given, entry, { clientMessageId: 'asked', contentType: 'text/plain', content, change, details, sendAt, due })
}

/** `ok`, or the code with which it is refused. */
export function answered(facts: Facts, ask: Ask): string {
  try {
    asked(facts, ask)
    return 'ok'
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return error.code
  }
}
