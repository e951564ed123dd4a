import { Command } from '../shared/commands.ts'
import { type Change, ContactStep } from '../shared/gen/hawser.ts'
import type { ChatMessage } from './chat-message.ts'
import { type Content, encodedContent } from './content.ts'
import type { Exchange } from './exchange.ts'
import { type Group, type GroupChanges, groupUpdate } from './group.ts'
import type { SendResult } from './outbox.ts'
import { type EditDetails, editedDetails, type SendOptions } from './outgoing.ts'
import type { CursorPage, History, HistoryPage, Pages } from './pages.ts'
import type { Personal, Preferences } from './personal.ts'
import type { BannedUser, Member, MessagePage, Queries, Readers } from './queries.ts'
import { type ConversationRef, conversationIdOf, type Recipient } from './recipient.ts'
import { type RoleName, roleNumber } from './role.ts'
import type { Typing } from './typing.ts'

/** The parts of a client that a conversation is handled by. */
export interface ConversationParts {
  readonly exchange: Exchange
  readonly pages: Pages
  readonly queries: Queries
  readonly personal: Personal
  readonly typing: Typing
}

/**
 * What can be done with one conversation. What changes it resolves as `send` does, when it is
 * on the server's disk, and rejects with RequestError where the rules refuse it.
 */
export class ConversationHandle {
  readonly #parts: ConversationParts
  readonly #of: ConversationRef

  constructor(parts: ConversationParts, of: ConversationRef) {
    this.#parts = parts
    this.#of = of
  }

  /** Throws Error for one that is named by its other user before the first login, when it is not known who this user is. */
  get id(): string {
    if ('conversationId' in this.#of) return this.#of.conversationId
    const { userId } = this.#parts.exchange
    if (userId === undefined) throw new Error(`the id of the conversation with "${this.#of.with}" is known after the first login`)
    return conversationIdOf(this.#of, userId)
  }

  send(content: Content, options: SendOptions = {}): Promise<SendResult> {
    return this.#parts.exchange.send(this.#recipient, content, options)
  }

  /** A page in ascending order: what is before `before`, after `after`, or the newest. */
  history(page: HistoryPage = {}): Promise<History> {
    return this.#parts.pages.history(this.#of, page)
  }

  /** Moves the user's read position forward, never back (Y3). */
  async markRead(seq: number): Promise<void> {
    await this.#parts.exchange.ask(Command.READ, { conversationId: await this.#id(), seq })
  }

  /** What is not given of `details` is none of it; without `details` the message keeps what it has. */
  edit(seq: number, content: Content, details?: EditDetails): Promise<SendResult> {
    return this.#change({ edit: { seq, ...encodedContent(content), details: details && editedDetails(details) } })
  }

  recall(seq: number): Promise<SendResult> {
    return this.#change({ recall: { seq } })
  }

  /** `key` is an emoji, or any text of up to 64 bytes. */
  react(seq: number, key: string): Promise<SendResult> {
    return this.#change({ react: { seq, key, removed: false } })
  }

  unreact(seq: number, key: string): Promise<SendResult> {
    return this.#change({ react: { seq, key, removed: true } })
  }

  pin(seq: number): Promise<SendResult> {
    return this.#change({ pin: { seq, removed: false } })
  }

  unpin(seq: number): Promise<SendResult> {
    return this.#change({ pin: { seq, removed: true } })
  }

  /** To be called at each key stroke; the server is told once in a while. */
  typing(): void {
    if (this.#isKnown) this.#parts.typing.goesOn(this.id)
  }

  stoppedTyping(): void {
    if (this.#isKnown) this.#parts.typing.stopped(this.id)
  }

  async readers(seq: number, page: CursorPage = {}): Promise<Readers> {
    return this.#parts.queries.readers(await this.#id(), seq, page)
  }

  async reactors(seq: number, key: string, page: CursorPage = {}): Promise<{ users: string[]; nextCursor: string }> {
    return this.#parts.queries.reactors(await this.#id(), seq, key, page)
  }

  async pins(): Promise<ChatMessage[]> {
    return this.#parts.queries.pins(await this.#id())
  }

  /** Single messages as they are now; those that are not there for the user are left out. */
  async messages(seqs: readonly number[]): Promise<ChatMessage[]> {
    return this.#parts.queries.messages(await this.#id(), seqs)
  }

  async thread(seq: number, page: CursorPage = {}): Promise<MessagePage> {
    return this.#parts.queries.thread(await this.#id(), seq, page)
  }

  /** Of a group. */
  async info(): Promise<Group> {
    return this.#parts.queries.group(await this.#id())
  }

  async members(page: CursorPage = {}): Promise<{ members: Member[]; nextCursor: string }> {
    return this.#parts.queries.members(await this.#id(), page)
  }

  update(changes: GroupChanges): Promise<SendResult> {
    return this.#change({ update: groupUpdate(changes) })
  }

  add(users: readonly string[]): Promise<SendResult> {
    return this.#change({ add: { users: [...users] } })
  }

  join(): Promise<SendResult> {
    return this.#change({ join: {} })
  }

  leave(): Promise<SendResult> {
    return this.#change({ leave: {} })
  }

  remove(users: readonly string[]): Promise<SendResult> {
    return this.#change({ remove: { users: [...users] } })
  }

  /** Keeps them out, those who are in the group and others (G9). */
  ban(users: readonly string[]): Promise<SendResult> {
    return this.#change({ ban: { users: [...users], removed: false } })
  }

  unban(users: readonly string[]): Promise<SendResult> {
    return this.#change({ ban: { users: [...users], removed: true } })
  }

  async bans(page: CursorPage = {}): Promise<{ bans: BannedUser[]; nextCursor: string }> {
    return this.#parts.queries.bans(await this.#id(), page)
  }

  setRole(user: string, role: Exclude<RoleName, 'owner'>): Promise<SendResult> {
    return this.#change({ role: { user, role: roleNumber(role) } })
  }

  /** `user` becomes the owner, and the owner an admin. */
  transfer(user: string): Promise<SendResult> {
    return this.#change({ transfer: { user } })
  }

  /** `until` in milliseconds since 1970; 0 lifts it. */
  mute(users: readonly string[], until: number): Promise<SendResult> {
    // G7: a mute of nobody is one of everybody.
    if (users.length === 0) return Promise.reject(new TypeError('nobody is named who is to be muted'))
    return this.#change({ mute: { users: [...users], until } })
  }

  /** All but admins and the owner. */
  muteAll(until: number): Promise<SendResult> {
    return this.#change({ mute: { users: [], until } })
  }

  dissolve(): Promise<SendResult> {
    return this.#change({ dissolve: {} })
  }

  /** What the user keeps about it, on all devices. */
  set(preferences: Preferences): Promise<SendResult> {
    return this.#parts.personal.prefer(this.#of, preferences)
  }

  requestContact(note = ''): Promise<SendResult> {
    return this.#change({ contact: { step: ContactStep.REQUEST, note } })
  }

  acceptContact(): Promise<SendResult> {
    return this.#change({ contact: { step: ContactStep.ACCEPT, note: '' } })
  }

  declineContact(): Promise<SendResult> {
    return this.#change({ contact: { step: ContactStep.DECLINE, note: '' } })
  }

  removeContact(): Promise<SendResult> {
    return this.#change({ contact: { step: ContactStep.REMOVE, note: '' } })
  }

  #change(change: Change): Promise<SendResult> {
    return this.#parts.exchange.change(this.#recipient, change)
  }

  get #recipient(): Recipient {
    return 'with' in this.#of ? { to: this.#of.with } : this.#of
  }

  get #isKnown(): boolean {
    return 'conversationId' in this.#of || this.#parts.exchange.userId !== undefined
  }

  #id(): Promise<string> {
    return this.#parts.exchange.idOf(this.#of)
  }
}
