import { type Preference, PresenceAudience } from '../shared/gen/hawser.ts'
import type { Exchange } from './exchange.ts'
import type { SendResult } from './outbox.ts'
import { type ConversationRef, conversationIdOf } from './recipient.ts'

/** What a user keeps about a conversation, on all devices (P1). What is not given stays. */
export type Preferences = Omit<Preference, 'conversationId'>

/** What the user says about himself (P4). What is not given stays. */
export interface Status {
  text?: string
  /** Who may see presence and status: those with whom there is a conversation (at first), contacts, nobody. */
  audience?: AudienceName
}

const AUDIENCES = { known: PresenceAudience.KNOWN, contacts: PresenceAudience.CONTACTS, nobody: PresenceAudience.NOBODY } as const
export type AudienceName = keyof typeof AUDIENCES

/** What is done in the user's own conversation, which nobody else sees (docs/PROTOCOL.md, "People"). */
export class Personal {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  prefer(of: ConversationRef, preferences: Preferences): Promise<SendResult> {
    return this.#exchange.changeOwn((self) => ({ preference: { ...preferences, conversationId: conversationIdOf(of, self) } }))
  }

  block(user: string, removed: boolean): Promise<SendResult> {
    return this.#exchange.changeOwn(() => ({ block: { user, removed } }))
  }

  status({ text, audience }: Status): Promise<SendResult> {
    return this.#exchange.changeOwn(() => ({ status: { text, audience: audience && AUDIENCES[audience] } }))
  }

  /** `sendAt` in milliseconds since 1970; 0 for now. */
  reschedule(clientMessageId: string, sendAt: number): Promise<SendResult> {
    return this.#exchange.changeOwn(() => ({ reschedule: { clientMessageId, sendAt } }))
  }

  unschedule(clientMessageId: string): Promise<SendResult> {
    return this.#exchange.changeOwn(() => ({ unschedule: { clientMessageId } }))
  }
}
