import { type BodyOf, Command } from '../shared/commands.ts'
import { ownConversationId } from '../shared/conversation-id.ts'
import { RequestError } from '../shared/errors.ts'
import { CLIENT_MESSAGE_ID_BYTES, checkConversationId, checkId, checkUserId } from '../shared/fields.ts'
import type { Change, LoginAck, Send } from '../shared/gen/hawser.ts'
import type { Cancel, Clock } from './clock.ts'
import type { Content } from './content.ts'
import { type ClosedError, TimeoutError } from './errors.ts'
import { MessageIds } from './identifiers.ts'
import type { Mailbox } from './mailbox.ts'
import type { SendResult } from './outbox.ts'
import { outgoingChange, outgoingMessage, type SendOptions } from './outgoing.ts'
import { type ConversationRef, conversationIdOf, type Recipient } from './recipient.ts'
import type { ReplyTo, RequestCommand } from './requests.ts'
import { isRetryable, RETRY_AFTER_MS } from './retryable.ts'

/** What all parts of the client ask and send through, whatever connection there is. Refuses once the client is closed. */
export class Exchange {
  readonly #mailbox: Mailbox
  readonly #messageIds: MessageIds
  /** Why nothing can be asked any more; undefined while it can. */
  readonly #closed: () => ClosedError | undefined
  readonly #clock: Clock
  readonly #retries = new Set<Cancel>()
  #userId: string | undefined
  /** L10; 0 before the first login. */
  #maxContentBytes = 0
  #identity: PromiseWithResolvers<string> | undefined

  constructor(mailbox: Mailbox, clock: Clock, closed: () => ClosedError | undefined) {
    this.#mailbox = mailbox
    this.#messageIds = new MessageIds(clock)
    this.#clock = clock
    this.#closed = closed
  }

  /** Whom the token stood for at the last login. */
  get userId(): string | undefined {
    return this.#userId
  }

  /** Rejects with RequestError, TimeoutError or ClosedError. */
  ask<C extends RequestCommand>(command: C, body: BodyOf<C>): Promise<ReplyTo<C>> {
    const closed = this.#closed()
    return closed ? Promise.reject(closed) : this.#mailbox.requests.ask(command, body, 'client')
  }

  /** Now or never. Rejects with DisconnectedError as well. */
  askOnce<C extends RequestCommand>(command: C, body: BodyOf<C>): Promise<ReplyTo<C>> {
    const closed = this.#closed()
    return closed ? Promise.reject(closed) : this.#mailbox.requests.ask(command, body, 'once')
  }

  /** What each session is to be told anew. A refusal that may pass is waited for; the end of the connection brings the next session. */
  restore<C extends RequestCommand>(command: C, body: () => BodyOf<C> | undefined, done: (reply: ReplyTo<C>) => void = () => {}): void {
    const now = body()
    if (!now) return
    this.#mailbox.requests.ask(command, now, 'connection').then(done, (error: unknown) => {
      if (!(error instanceof TimeoutError || (error instanceof RequestError && isRetryable(error.code)))) return
      const waitMs = (error instanceof RequestError && error.retryAfterMs) || RETRY_AFTER_MS
      const cancel = this.#clock.after(waitMs, () => {
        this.#retries.delete(cancel)
        this.restore(command, body, done)
      })
      this.#retries.add(cancel)
    })
  }

  /** Resolves when it is on disk. Rejects with RequestError or ClosedError. */
  send(to: Recipient, content: Content, options: SendOptions): Promise<SendResult> {
    return this.#post(outgoingMessage(to, content, options, options.clientMessageId ?? this.#messageIds.next()))
  }

  change(to: Recipient, change: Change): Promise<SendResult> {
    return this.#post(outgoingChange(to, change, this.#messageIds.next()))
  }

  /** In the user's own conversation (P1), which has no name before the first login; then in the order of the calls. */
  async changeOwn(change: (self: string) => Change): Promise<SendResult> {
    const self = this.#userId ?? (await this.#identified())
    return this.change({ conversationId: ownConversationId(self) }, change(self))
  }

  async idOf(of: ConversationRef): Promise<string> {
    return 'conversationId' in of ? of.conversationId : conversationIdOf(of, this.#userId ?? (await this.#identified()))
  }

  /** T1: has no reply, and is nothing to make up for later. Returns whether there is a connection to say it on. */
  typing(conversationId: string, stopped: boolean): boolean {
    return this.#mailbox.requests.tell(Command.TYPING, { conversationId, userId: '', stopped })
  }

  loggedIn({ userId, maxContentBytes }: LoginAck): void {
    this.#userId = userId
    this.#maxContentBytes = maxContentBytes
    this.#identity?.resolve(userId)
    this.#identity = undefined
  }

  disconnected(): void {
    for (const cancel of this.#retries) cancel()
    this.#retries.clear()
  }

  rejectAll(error: ClosedError): void {
    this.#identity?.reject(error)
    this.#identity = undefined
    this.#mailbox.rejectAll(error)
  }

  /** A name, or content, that the server would refuse is refused here, before it waits in the outbox. */
  async #post(message: Send): Promise<SendResult> {
    const closed = this.#closed()
    if (closed) throw closed
    checkId('client_message_id', message.clientMessageId, CLIENT_MESSAGE_ID_BYTES)
    if (message.toUser !== '') checkUserId('to_user', message.toUser)
    else checkConversationId('conversation_id', message.conversationId)
    checkContent(message.change?.edit?.content ?? message.content, this.#maxContentBytes)
    return this.#mailbox.outbox.send(message)
  }

  /** Who the user is shows at the first login. */
  #identified(): Promise<string> {
    const closed = this.#closed()
    if (closed) return Promise.reject(closed)
    this.#identity ??= Promise.withResolvers()
    return this.#identity.promise
  }
}

/** Throws RequestError. `max` is 0 where the server has not said it yet. */
function checkContent(content: Uint8Array, max: number): void {
  if (max === 0 || content.length <= max) return
  throw new RequestError('content_too_large', `The content has ${content.length} bytes; at most ${max} are taken.`, { field: 'content' })
}
