import { conversationIdFault } from '../../../shared/conversation-id.ts'
import { RequestError } from '../../../shared/errors.ts'
import { invalidField } from '../../../shared/fields.ts'

/** Who acts where an operator does (G11): no user has this name (N1). */
export const OPERATOR = ''

/** Y4: what is not the user's looks like nothing at all. */
export function unknownConversation(): RequestError {
  return new RequestError('conversation_unknown', 'There is no such conversation for you.', { field: 'conversation_id' })
}

/** What is asked for and was not found: a name that cannot be (N3), or one that is not the user's. */
export function noConversation(conversationId: string): RequestError {
  const fault = conversationIdFault(conversationId)
  return fault ? invalidField('conversation_id', fault) : unknownConversation()
}

export function forbidden(what: string): RequestError {
  return new RequestError('forbidden', `Your role here does not allow to ${what}.`)
}
