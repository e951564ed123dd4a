import { type TextKind, type TextLimits, textFault } from './characters.ts'
import { conversationIdFault, userIdFault } from './conversation-id.ts'
import { RequestError } from './errors.ts'

/** N4 */
export const CLIENT_MESSAGE_ID_BYTES: TextLimits = { min: 1, max: 64 }
/** N3 */
export const ROOM_ID_BYTES: TextLimits = { min: 1, max: 128 }
/** S1: an empty one is `text/plain`. */
export const CONTENT_TYPE_BYTES: TextLimits = { min: 0, max: 128 }

/** What is wrong with a field of a request, as the error that names it. */
export function invalidField(field: string, why: string): RequestError {
  return new RequestError('field_invalid', `"${field}" ${why}.`, { field })
}

/** One line of text (N2). Throws RequestError `field_invalid`. */
export function checkText(field: string, value: string, limits: TextLimits): void {
  check(field, value, 'text', limits)
}

/** Text of several lines (N2). Throws RequestError `field_invalid`. */
export function checkLines(field: string, value: string, limits: TextLimits): void {
  check(field, value, 'lines', limits)
}

/** A name that a client gives to something of its own: a device, a room, a message (N2). Throws RequestError `field_invalid`. */
export function checkId(field: string, value: string, limits: TextLimits): void {
  check(field, value, 'id', limits)
}

/** N1. Throws RequestError `field_invalid`. */
export function checkUserId(field: string, userId: string): void {
  const fault = userIdFault(userId)
  if (fault) throw invalidField(field, fault)
}

/** N1. Throws RequestError `field_invalid`. */
export function checkUserIds(field: string, userIds: readonly string[]): void {
  for (const userId of userIds) {
    const fault = userIdFault(userId)
    if (fault) throw invalidField(field, `has a name that ${fault}`)
  }
}

/** N3: a name in its only form; whether there is such a conversation is not asked. Throws RequestError `field_invalid`. */
export function checkConversationId(field: string, conversationId: string): void {
  const fault = conversationIdFault(conversationId)
  if (fault) throw invalidField(field, fault)
}

function check(field: string, value: string, kind: TextKind, limits: TextLimits): void {
  const fault = textFault(value, kind, limits)
  if (fault) throw invalidField(field, fault)
}
