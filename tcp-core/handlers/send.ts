import { Command } from '../../shared/commands.ts'
import { directConversationId, directPeer, directUsers, userIdFault } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import { Durability, type Send } from '../../shared/gen/hawser.ts'
import type { Core } from '../core.ts'
import type { Append, AppendOutcome } from '../log/log-store.ts'
import type { Session } from '../session.ts'
import { checkText } from './fields.ts'

const STORAGE_RETRY_MS = 1000
const DEFAULT_CONTENT_TYPE = 'text/plain'

/** SEND: checks the message and gives it to the log; ack and delivery follow once it is on disk. */
export function send(core: Core, session: Session, requestId: number, body: Send): undefined {
  checkText('client_message_id', body.clientMessageId, { min: 1, max: 64 })
  checkText('content_type', body.contentType, { min: 0, max: 128 })
  if (body.content.length > core.config.maxContentBytes) {
    const { maxContentBytes } = core.config
    throw new RequestError('content_too_large', `The content has ${body.content.length} bytes; at most ${maxContentBytes} are taken.`, {
      field: 'content',
    })
  }
  core.log.append(new PendingSend(core, session, requestId, body, conversationOf(session, body)))
  core.intake.took(session.connection, core.log.pendingBytes)
}

/** S1: a message names its recipient or its conversation. */
function conversationOf(session: Session, body: Send): string {
  if ((body.toUser === '') === (body.conversationId === '')) {
    throw new RequestError('field_invalid', 'Exactly one of "to_user" and "conversation_id" is given.', { field: 'to_user' })
  }
  if (body.conversationId !== '') {
    if (directPeer(body.conversationId, session.user.id) !== undefined) return body.conversationId
    throw new RequestError('conversation_unknown', 'There is no such conversation for you.', { field: 'conversation_id' })
  }
  const fault = userIdFault(body.toUser)
  if (fault) throw new RequestError('field_invalid', `"to_user" ${fault}.`, { field: 'to_user' })
  return directConversationId(session.user.id, body.toUser)
}

/** A message between SEND and SEND_ACK. */
class PendingSend implements Append {
  readonly conversationId: string
  readonly clientMessageId: string
  readonly contentType: string
  readonly content: Uint8Array
  readonly sentAt: number
  readonly #core: Core
  readonly #session: Session
  readonly #requestId: number

  constructor(core: Core, session: Session, requestId: number, body: Send, conversationId: string) {
    this.#core = core
    this.#session = session
    this.#requestId = requestId
    this.conversationId = conversationId
    this.clientMessageId = body.clientMessageId
    this.contentType = body.contentType === '' ? DEFAULT_CONTENT_TYPE : body.contentType
    this.content = body.content
    this.sentAt = core.clock.now()
  }

  get sender(): string {
    return this.#session.user.id
  }

  /** S2 and R1: only now, with the message on disk, does anybody hear of it. */
  settled(outcome: AppendOutcome): void {
    const { connection } = this.#session
    const { metrics, intake, log } = this.#core
    intake.settled(log.pendingBytes)
    switch (outcome.kind) {
      case 'stored':
      case 'duplicate': {
        const { seq, messageId, sentAt } = outcome
        connection.send(Command.SEND_ACK, this.#requestId, {
          conversationId: this.conversationId,
          seq,
          messageId,
          sentAt,
          durability: Durability.FSYNCED,
          duplicate: outcome.kind === 'duplicate',
        })
        if (outcome.kind === 'duplicate') metrics.totals.messagesRepeated++
        else {
          metrics.totals.messagesStored++
          this.#deliver(seq, messageId)
        }
        return
      }
      case 'conflict':
        return connection.refuse(
          this.#requestId,
          new RequestError('message_id_conflict', `"${this.clientMessageId}" was used for another message.`, {
            field: 'client_message_id',
          }),
        )
      case 'failed':
        this.#core.logger.error({ err: outcome.cause }, 'append failed')
        return connection.refuse(
          this.#requestId,
          new RequestError('storage_unavailable', 'The message could not be stored.', { retryAfterMs: STORAGE_RETRY_MS }),
        )
    }
  }

  #deliver(seq: number, messageId: string): void {
    const { conversationId, sender, clientMessageId, sentAt, contentType, content } = this
    this.#core.deliver.message(
      { conversationId, seq, messageId, sender, clientMessageId, sentAt, contentType, content },
      new Set(directUsers(conversationId)),
      this.#session,
    )
  }
}
