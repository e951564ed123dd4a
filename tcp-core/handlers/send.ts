import { Command } from '../../shared/commands.ts'
import { directConversationId, directUsers, userIdFault } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import { Durability, type Send } from '../../shared/gen/hawser.ts'
import type { Core } from '../core.ts'
import type { Append, AppendOutcome, Place } from '../log/log-store.ts'
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
  core.log.append(new PendingSend(core, session, requestId, body, targetOf(session, body)))
  core.intake.took(session.connection, core.log.pendingBytes)
}

/** Where a message goes. */
interface Target {
  readonly conversationId: string
  readonly members: Iterable<string>
}

/** S1: a message names its recipient or its conversation. */
function targetOf(session: Session, body: Send): Target {
  if ((body.toUser === '') === (body.conversationId === '')) {
    throw new RequestError('field_invalid', 'Exactly one of "to_user" and "conversation_id" is given.', { field: 'to_user' })
  }
  if (body.conversationId !== '') {
    const members = directUsers(body.conversationId)
    if (members?.includes(session.user.id)) return { conversationId: body.conversationId, members: new Set(members) }
    throw new RequestError('conversation_unknown', 'There is no such conversation for you.', { field: 'conversation_id' })
  }
  const fault = userIdFault(body.toUser)
  if (fault) throw new RequestError('field_invalid', `"to_user" ${fault}.`, { field: 'to_user' })
  const self = session.user.id
  return { conversationId: directConversationId(self, body.toUser), members: self === body.toUser ? [self] : [self, body.toUser] }
}

/** A message between SEND and SEND_ACK. */
class PendingSend implements Append {
  readonly conversationId: string
  readonly #members: Iterable<string>
  readonly clientMessageId: string
  readonly contentType: string
  readonly content: Uint8Array
  readonly sentAt: number
  readonly #core: Core
  readonly #session: Session
  readonly #requestId: number

  constructor(core: Core, session: Session, requestId: number, body: Send, target: Target) {
    this.#core = core
    this.#session = session
    this.#requestId = requestId
    this.conversationId = target.conversationId
    this.#members = target.members
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
        const { seq, messageId, sentAt, digest } = outcome
        connection.send(Command.SEND_ACK, this.#requestId, {
          conversationId: this.conversationId,
          seq,
          messageId,
          sentAt,
          durability: Durability.FSYNCED,
          duplicate: outcome.kind === 'duplicate',
          digest,
        })
        if (outcome.kind === 'duplicate') metrics.totals.messagesRepeated++
        else {
          metrics.totals.messagesStored++
          this.#deliver(outcome)
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
        this.#core.logger.debug({ err: outcome.cause }, 'append failed') // the fault itself is logged once, by server.ts
        return connection.refuse(
          this.#requestId,
          new RequestError('storage_unavailable', 'The message could not be stored.', { retryAfterMs: STORAGE_RETRY_MS }),
        )
    }
  }

  #deliver({ seq, messageId, digest }: Place): void {
    const { conversationId, sender, clientMessageId, sentAt, contentType, content } = this
    this.#core.deliver.message(
      { conversationId, seq, messageId, sender, clientMessageId, sentAt, contentType, content, digest },
      this.#members,
      this.#session,
    )
  }
}
