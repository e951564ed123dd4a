import { type ConversationKind, directPeer, ownUser } from '../../../shared/conversation-id.ts'
import type { LogRules } from '../log-rules.ts'
import type { Facts } from './facts.ts'

/** An entry that asks for its place in the log: who does it, where, and the place that it would get. */
export interface Entry {
  readonly conversationId: string
  readonly kind: ConversationKind
  /** The conversation is not there: this entry would make it. */
  readonly isNew: boolean
  readonly actor: string
  /** It is the server's own doing; no client's entry is. */
  readonly bySystem: boolean
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** What a rule goes by. */
export interface Given {
  readonly facts: Facts
  readonly rules: LogRules
}

/** Whether the user is in a conversation from its beginning: one of the two of a 1:1 conversation, or whose own it is. */
export function isByName(conversationId: string, kind: ConversationKind, user: string): boolean {
  switch (kind) {
    case 'direct':
      return directPeer(conversationId, user) !== undefined
    case 'own':
      return ownUser(conversationId) === user
    case 'group':
      return false
  }
}
