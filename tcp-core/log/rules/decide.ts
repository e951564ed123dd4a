import type { Change, Details, Send } from '../../../shared/gen/hawser.ts'
import { changeEffects } from './change-rules.ts'
import type { Effect } from './effects.ts'
import type { Entry, Given } from './entry.ts'
import { unknownConversation } from './refusals.ts'
import { schedule } from './scheduling-rules.ts'
import { checkMessage, keepDetails } from './sending-rules.ts'

/** What asks for a place in the log. */
export interface Asked {
  readonly clientMessageId: string
  readonly contentType: string
  readonly content: Uint8Array
  readonly details: Details | undefined
  /** A message has none. */
  readonly change: Change | undefined
  /** In milliseconds since 1970; undefined for now. */
  readonly sendAt: number | undefined
  /** It was kept for its time, and that has come. */
  readonly due: boolean
}

/** What becomes of it. The effects are written with the entry, or alone where it is kept for its time. */
export type Decision =
  | { readonly kind: 'store'; readonly effects: readonly Effect[] }
  | { readonly kind: 'schedule'; readonly sendAt: number; readonly duplicate: boolean; readonly effects: readonly Effect[] }
  /** Another message waits for its time under its id. */
  | { readonly kind: 'conflict' }

/** What becomes of an entry that is new. Reads only, and may be asked again. Throws RequestError where the rules refuse it. */
export function decide(given: Given, entry: Entry, asked: Asked): Decision {
  const { change, details, sendAt, due, clientMessageId } = asked
  // Only a change that makes one may come to a group that is not there.
  if (entry.kind === 'group' && entry.isNew && !change?.create) throw unknownConversation()
  if (!change) checkMessage(given, entry, details)
  if (sendAt && sendAt > entry.at) return scheduled(given, entry, asked, sendAt)
  const effects = change ? changeEffects(given, entry, change) : details ? keepDetails(given, entry, details) : []
  return { kind: 'store', effects: due ? [{ kind: 'unscheduled', clientMessageId }, ...effects] : effects }
}

function scheduled(given: Given, entry: Entry, asked: Asked, sendAt: number): Decision {
  const { clientMessageId, contentType, content, details } = asked
  const send: Send = { clientMessageId, toUser: '', conversationId: entry.conversationId, contentType, content, details }
  const effects = schedule(given, entry, send, sendAt)
  if (effects === 'conflict') return { kind: 'conflict' }
  return { kind: 'schedule', sendAt, duplicate: effects.length === 0, effects }
}
