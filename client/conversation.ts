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
 * What can be done with one conversation. Made by `client.conversation` and `client.createGroup`.
 * A method that changes something resolves with a SendResult when the server has the change on disk, after as many
 * reconnects as it takes. It rejects with RequestError where the server refuses it (`conversation_unknown` where the
 * user is not in the conversation, `forbidden` where the user's role is not enough), and with ClosedError when the
 * client closes.
 * A method that asks something is asked again after a reconnect. It rejects with RequestError, with ClosedError, and
 * with TimeoutError where no answer comes within `requestTimeoutMs` (10 s by default).
 * A `seq` is the number of a message in this conversation. A time is in milliseconds since 1970, by the server's
 * date.
 */
export class ConversationHandle {
  readonly #parts: ConversationParts
  readonly #of: ConversationRef

  /** An application does not call it: `client.conversation` makes handles. */
  constructor(parts: ConversationParts, of: ConversationRef) {
    this.#parts = parts
    this.#of = of
  }

  /**
   * The conversation's id: `dm/<user>/<user>`, `group/<id>` or `own/<user>` (N3). A handle that names the other user
   * knows its id after the first login; before that it throws Error.
   */
  get id(): string {
    if ('conversationId' in this.#of) return this.#of.conversationId
    const { userId } = this.#parts.exchange
    if (userId === undefined) throw new Error(`the id of the conversation with "${this.#of.with}" is known after the first login`)
    return conversationIdOf(this.#of, userId)
  }

  /**
   * Sends a message to this conversation. It is sent again after each reconnect until the server answers; that never
   * doubles it (S3).
   * Content has at most `client.limits.maxContentBytes` (64 KiB by default), else RequestError `content_too_large`.
   * Other refusals are `muted` (`retryAfterMs` says for how long, where that is known), `blocked`, `forbidden`,
   * `conversation_unknown`, `message_id_conflict`, `limit_reached` (100 scheduled messages of this user wait already)
   * and `field_invalid`.
   */
  send(content: Content, options: SendOptions = {}): Promise<SendResult> {
    return this.#parts.exchange.send(this.#recipient, content, options)
  }

  /**
   * A page of messages in ascending order of `seq`: those before `before`, those after `after`, or the newest where
   * neither is given (Y1). 50 by default and 200 at most, in at most 256 KiB; `more` says whether there are more in
   * that direction.
   * Rejects with RequestError `conversation_unknown` where the user is not and was not in the conversation.
   */
  history(page: HistoryPage = {}): Promise<History> {
    return this.#parts.pages.history(this.#of, page)
  }

  /**
   * Tells that the user has read everything up to `seq`. The read position moves forward, never back (Y3). The user's
   * other devices and the other members hear of it by the event `receipt` (in a group only of up to 100 members).
   */
  async markRead(seq: number): Promise<void> {
    await this.#parts.exchange.ask(Command.READ, { conversationId: await this.#id(), seq })
  }

  /**
   * Gives a message of the user another content (M1). `details` takes the place of the message's mentions and
   * attributes: what `details` does not name, the message has no more. Without `details` the message keeps them.
   * Refused with RequestError: `too_late` after 24 hours (or what the group or the installation says),
   * `limit_reached` after 100 edits, `forbidden` for a message of another user, `message_unknown`,
   * `content_too_large`, `muted`, `blocked`.
   */
  edit(seq: number, content: Content, details?: EditDetails): Promise<SendResult> {
    return this.#change({ edit: { seq, ...encodedContent(content), details: details && editedDetails(details) } })
  }

  /**
   * Takes a message back: its content, also that of its edits, is taken out of the log (M2). The sender may do so for
   * 24 hours (or what the group or the installation says), else RequestError `too_late`. In a group also those may
   * whose role `settings.recallOthers` names, at any time, with messages of members of a lower role; others get
   * `forbidden`.
   */
  recall(seq: number): Promise<SendResult> {
    return this.#change({ recall: { seq } })
  }

  /**
   * Adds the user's reaction to a message (M3). `key` is an emoji, or any text of 1 to 64 bytes. To add one that is
   * there already changes nothing. Refused with RequestError: `limit_reached` where the message has 50 other kinds of
   * reactions, `message_unknown`, `blocked`, `field_invalid`.
   */
  react(seq: number, key: string): Promise<SendResult> {
    return this.#change({ react: { seq, key, removed: false } })
  }

  /** Takes away the user's reaction `key` from a message. Also one who may not write here any more may take away his own (M3). */
  unreact(seq: number, key: string): Promise<SendResult> {
    return this.#change({ react: { seq, key, removed: true } })
  }

  /**
   * Marks a message for all members (M3). In a group it takes the role `settings.pin` (admin by default), else
   * RequestError `forbidden`. A conversation has at most 100 pinned messages: one more is `limit_reached`, or takes
   * the place of the earliest where that is from before the user's time.
   */
  pin(seq: number): Promise<SendResult> {
    return this.#change({ pin: { seq, removed: false } })
  }

  /** Takes the mark of `pin` away, for all members. It takes the same role as `pin`. */
  unpin(seq: number): Promise<SendResult> {
    return this.#change({ pin: { seq, removed: true } })
  }

  /**
   * Tells the others that the user is typing (T1). Call it at each key stroke: the server is told at most once in 3
   * s. Others see it for 6 s, in groups of up to 100 members. It never fails; where there is no connection, or no
   * login yet, nothing is told.
   */
  typing(): void {
    if (this.#isKnown) this.#parts.typing.goesOn(this.id)
  }

  /** Tells the others that the user does not type any more. Does nothing where `typing` has told nothing. */
  stoppedTyping(): void {
    if (this.#isKnown) this.#parts.typing.stopped(this.id)
  }

  /**
   * How many members have received and read a message, and a page of those who have read it: 100 by default, 500 at
   * most (Y7). In a 1:1 conversation the other user is the only one who counts. Rejects with RequestError
   * `message_unknown` where the user does not see the message.
   */
  async readers(seq: number, page: CursorPage = {}): Promise<Readers> {
    return this.#parts.queries.readers(await this.#id(), seq, page)
  }

  /**
   * A page of the ids of the users who gave the reaction `key` to a message: 100 by default, 500 at most.
   * `nextCursor` is '' on the last page. Rejects with RequestError `message_unknown` where the user does not see the
   * message.
   */
  async reactors(seq: number, key: string, page: CursorPage = {}): Promise<{ users: string[]; nextCursor: string }> {
    return this.#parts.queries.reactors(await this.#id(), seq, key, page)
  }

  /**
   * All pinned messages that the user sees, at most 100. Where they do not fit into one answer of 256 KiB, the client
   * asks several times.
   */
  async pins(): Promise<ChatMessage[]> {
    return this.#parts.queries.pins(await this.#id())
  }

  /**
   * Single messages as they are now, by their `seq`, in the order asked; the client asks for a hundred at a time.
   * Messages that are not there for the user are left out.
   */
  async messages(seqs: readonly number[]): Promise<ChatMessage[]> {
    return this.#parts.queries.messages(await this.#id(), seqs)
  }

  /**
   * A page of the messages in the thread of the message `seq`, in ascending order: 100 by default, 500 at most.
   * `nextCursor` is '' on the last page.
   */
  async thread(seq: number, page: CursorPage = {}): Promise<MessagePage> {
    return this.#parts.queries.thread(await this.#id(), seq, page)
  }

  /** The group as it is now. Rejects with RequestError `conversation_unknown` where this is no group, or the user is not a member. */
  async info(): Promise<Group> {
    return this.#parts.queries.group(await this.#id())
  }

  /**
   * A page of the group's members: 100 by default, 500 at most. `nextCursor` is '' on the last page. Rejects with
   * RequestError `conversation_unknown` where the user is not a member.
   */
  async members(page: CursorPage = {}): Promise<{ members: Member[]; nextCursor: string }> {
    return this.#parts.queries.members(await this.#id(), page)
  }

  /**
   * Changes the group's name, description, avatar or attributes, which takes the role `settings.update` (admin by
   * default), or its settings, which only the owner may (G2, G3). What is not given stays. Refused with RequestError:
   * `forbidden`, `field_invalid`, `limit_reached` (32 attributes).
   */
  update(changes: GroupChanges): Promise<SendResult> {
    return this.#change({ update: groupUpdate(changes) })
  }

  /**
   * Makes users members of the group: at most 500 at a time, which takes the role `settings.invite` (member by
   * default). Whoever is a member already is passed over. All are added, or none.
   * Refused with RequestError, of which `field` is `users`: `field_invalid` where nobody is named who is not a
   * member, `forbidden` where the group keeps one out or one does not let this user add him (G9, G10), `blocked`
   * where one has blocked this user. `limit_reached`: the group has as many members as it may (100,000 by default),
   * or somebody has been added as often as he may for now (G10).
   */
  add(users: readonly string[]): Promise<SendResult> {
    return this.#change({ add: { users: [...users] } })
  }

  /**
   * Makes the user a member of a group whose settings say `open`. Refused with RequestError: `conversation_unknown`
   * where it is not open or there is none (G4), `forbidden` where the user is a member already or is kept out (G9),
   * `limit_reached` where the group is full.
   */
  join(): Promise<SendResult> {
    return this.#change({ join: {} })
  }

  /**
   * Ends the user's membership. Up to the entry that says so the user can still read the group (G5). The owner hands
   * the group over or dissolves it first, else RequestError `forbidden` (G3).
   */
  leave(): Promise<SendResult> {
    return this.#change({ leave: {} })
  }

  /**
   * Ends the membership of these users, at most 500 at a time (G5). It takes the role `settings.remove` (admin by
   * default), and one that is higher than theirs. All are removed, or none. Refused with RequestError: `forbidden`,
   * `field_invalid` where one is not a member.
   */
  remove(users: readonly string[]): Promise<SendResult> {
    return this.#change({ remove: { users: [...users] } })
  }

  /**
   * Keeps users out: members leave by it as by `remove`, and nobody of them can join or be added until `unban` (G9).
   * At most 500 at a time. It takes the role `settings.remove` (admin by default), and one that is higher than
   * theirs. Refused with RequestError: `forbidden`, `field_invalid`, `limit_reached` (a group keeps at most 10,000
   * users out).
   */
  ban(users: readonly string[]): Promise<SendResult> {
    return this.#change({ ban: { users: [...users], removed: false } })
  }

  /**
   * Lets users come again whom `ban` kept out, at most 500 at a time. They are no members by that. It takes the role
   * `settings.remove` (admin by default).
   */
  unban(users: readonly string[]): Promise<SendResult> {
    return this.#change({ ban: { users: [...users], removed: true } })
  }

  /**
   * A page of those whom the group keeps out: 100 by default, 500 at most. `nextCursor` is '' on the last page. It
   * takes the role `settings.remove` (admin by default), else RequestError `forbidden`.
   */
  async bans(page: CursorPage = {}): Promise<{ bans: BannedUser[]; nextCursor: string }> {
    return this.#parts.queries.bans(await this.#id(), page)
  }

  /**
   * Makes a member an admin, or an admin a member. Only the owner may (G3), else RequestError `forbidden`.
   * `field_invalid` where `user` is not a member. Whoever becomes an admin is muted no more (G7).
   */
  setRole(user: string, role: Exclude<RoleName, 'owner'>): Promise<SendResult> {
    return this.#change({ role: { user, role: roleNumber(role) } })
  }

  /**
   * Makes `user` the owner of the group, and the owner an admin. Only the owner may (G3), else RequestError
   * `forbidden`. `field_invalid` where `user` is not a member.
   */
  transfer(user: string): Promise<SendResult> {
    return this.#change({ transfer: { user } })
  }

  /**
   * Keeps members from sending until a time (G7): at most 500 at a time. `until` is in milliseconds since 1970; 0
   * lifts it. It takes the role `settings.mute` (admin by default), and one that is higher than theirs. Refused with
   * RequestError `forbidden`, or `field_invalid` where one is not a member; rejects with TypeError where `users` is
   * empty.
   */
  mute(users: readonly string[], until: number): Promise<SendResult> {
    // G7: a mute of nobody is one of everybody.
    if (users.length === 0) return Promise.reject(new TypeError('nobody is named who is to be muted'))
    return this.#change({ mute: { users: [...users], until } })
  }

  /**
   * Keeps all but admins and the owner from sending until a time. `until` is in milliseconds since 1970; 0 lifts it.
   * It takes the role `settings.mute` (admin by default).
   */
  muteAll(until: number): Promise<SendResult> {
    return this.#change({ mute: { users: [], until } })
  }

  /**
   * Ends the group for good: nobody can send after that, and its members can still read it (G3). Only the owner may,
   * else RequestError `forbidden`.
   */
  dissolve(): Promise<SendResult> {
    return this.#change({ dissolve: {} })
  }

  /**
   * Keeps what the user wants of this conversation, on all devices of the user (P1). What is not given stays. A draft
   * has at most 16,384 bytes, else RequestError `field_invalid`.
   */
  set(preferences: Preferences): Promise<SendResult> {
    return this.#parts.personal.prefer(this.#of, preferences)
  }

  /**
   * Asks the other user of this 1:1 conversation to be a contact; where the other has asked already, both are
   * contacts by it (P3). `note` has at most 512 bytes. Refused with RequestError: `blocked`, `field_invalid`, and
   * `forbidden` where they are contacts already or this is no 1:1 conversation.
   */
  requestContact(note = ''): Promise<SendResult> {
    return this.#change({ contact: { step: ContactStep.REQUEST, note } })
  }

  /** Accepts the other user's request. RequestError `forbidden` where there is none, `blocked` where the other has blocked this user. */
  acceptContact(): Promise<SendResult> {
    return this.#change({ contact: { step: ContactStep.ACCEPT, note: '' } })
  }

  /** Declines the other user's request. RequestError `forbidden` where there is none. */
  declineContact(): Promise<SendResult> {
    return this.#change({ contact: { step: ContactStep.DECLINE, note: '' } })
  }

  /** Ends the contact, or takes back the user's own request. RequestError `forbidden` where there is neither. */
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
