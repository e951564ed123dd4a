import { AddedBy, type Preference, PresenceAudience } from '../shared/gen/hawser.ts'
import type { Exchange } from './exchange.ts'
import type { SendResult } from './outbox.ts'
import { type ConversationRef, conversationIdOf } from './recipient.ts'

/**
 * What a user keeps about a conversation, on all devices (P1). What is not given stays. `draft` has at most 16,384
 * bytes; `mutedUntil`, in milliseconds since 1970, is until when the user wants no notifications; messages up to
 * `clearedSeq` are not shown to this user any more, and it never goes back.
 */
export type Preferences = Omit<Preference, 'conversationId'>

/** What the user says about himself (P4). What is not given stays. */
export interface Status {
  /** What others read of the user; at most 256 bytes. */
  text?: string
  /** Who may see presence and status: those with whom there is a conversation (at first), contacts, nobody. */
  audience?: AudienceName
  /** Who may make the user a member of a group; `default` is what the installation says. */
  addedBy?: AddedByName
}

const AUDIENCES = { known: PresenceAudience.KNOWN, contacts: PresenceAudience.CONTACTS, nobody: PresenceAudience.NOBODY } as const
/** Who may see presence and status: `known`, those with whom there is a conversation; `contacts`; `nobody`. */
export type AudienceName = keyof typeof AUDIENCES

const ADDED_BY = {
  default: AddedBy.ADDED_BY_DEFAULT,
  everyone: AddedBy.ADDED_BY_EVERYONE,
  contacts: AddedBy.ADDED_BY_CONTACTS,
  nobody: AddedBy.ADDED_BY_NOBODY,
} as const
/**
 * Who may make the user a member of a group (G10): `default`, whom the installation lets (everyone at first);
 * `everyone`; `contacts`; `nobody`, so that the user only joins by himself.
 */
export type AddedByName = keyof typeof ADDED_BY

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

  status({ text, audience, addedBy }: Status): Promise<SendResult> {
    return this.#exchange.changeOwn(() => ({
      status: { text, audience: audience && AUDIENCES[audience], addedBy: addedBy && ADDED_BY[addedBy] },
    }))
  }

  /** `sendAt` in milliseconds since 1970; 0 for now. */
  reschedule(clientMessageId: string, sendAt: number): Promise<SendResult> {
    return this.#exchange.changeOwn(() => ({ reschedule: { clientMessageId, sendAt } }))
  }

  unschedule(clientMessageId: string): Promise<SendResult> {
    return this.#exchange.changeOwn(() => ({ unschedule: { clientMessageId } }))
  }
}
