import { conversationKind, directConversationId, directUsers, ownConversationId, userIdFault } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import { type Send, writeChange, writeDetails } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { Core } from '../core.ts'
import { checkText } from '../fields.ts'
import { PendingSend, type Target } from '../pending-send.ts'
import type { Session } from '../session.ts'

const DEFAULT_CONTENT_TYPE = 'text/plain'
/** Of details and of a change, besides the content of an edit. */
const MAX_ENCODED_BYTES = 80 * 1024
const writer = new ProtobufWriter()

/** SEND: checks the entry and gives it to the log; ack and delivery follow once it is on disk. */
export function send(core: Core, session: Session, requestId: number, body: Send): undefined {
  checkText('client_message_id', body.clientMessageId, { min: 1, max: 64 })
  checkText('content_type', body.contentType, { min: 0, max: 128 })
  checkSize(core, body.content)
  if (body.change) checkChange(core, body)
  const target = targetOf(session, body)
  if (target.kind === 'group') core.audiences.prepare(target.conversationId)
  core.log.append(
    new PendingSend(core, target, {
      sender: session.user.id,
      clientMessageId: body.clientMessageId,
      contentType: body.contentType === '' && !body.change ? DEFAULT_CONTENT_TYPE : body.contentType,
      content: body.content,
      sentAt: core.clock.now(),
      details: body.details,
      change: body.change,
      encodedDetails: body.details && encoded('details', writeDetails, body.details),
      encodedChange: body.change && encoded('change', writeChange, body.change),
      sendAt: body.sendAt,
      due: false,
      from: { session, requestId },
    }),
  )
  core.intake.took(session.connection, core.log.pendingBytes)
}

function checkSize(core: Core, content: Uint8Array): void {
  const { maxContentBytes } = core.config
  if (content.length <= maxContentBytes) return
  throw new RequestError('content_too_large', `The content has ${content.length} bytes; at most ${maxContentBytes} are taken.`, {
    field: 'content',
  })
}

/** C1: what is done is no message. */
function checkChange(core: Core, { content, contentType, details, sendAt, change }: Send): void {
  if (content.length > 0 || contentType !== '' || details || sendAt) {
    throw new RequestError('field_invalid', 'With "change" there is no content, no details and no time.', { field: 'change' })
  }
  if (change?.edit) checkSize(core, change.edit.content)
}

function encoded<T>(field: string, write: (writer: ProtobufWriter, body: T) => void, body: T): Uint8Array {
  writer.reset()
  write(writer, body)
  const bytes = writer.finishAlone()
  if (bytes.length <= MAX_ENCODED_BYTES) return bytes
  throw new RequestError('field_invalid', `"${field}" has ${bytes.length} bytes; at most ${MAX_ENCODED_BYTES} are taken.`, { field })
}

/** S1: a message names its recipient or its conversation. */
function targetOf(session: Session, body: Send): Target {
  const self = session.user.id
  if ((body.toUser === '') === (body.conversationId === '')) {
    throw new RequestError('field_invalid', 'Exactly one of "to_user" and "conversation_id" is given.', { field: 'to_user' })
  }
  if (body.toUser !== '') {
    const fault = userIdFault(body.toUser)
    if (fault) throw new RequestError('field_invalid', `"to_user" ${fault}.`, { field: 'to_user' })
    const members = self === body.toUser ? [self] : [self, body.toUser]
    return { kind: 'fixed', conversationId: directConversationId(self, body.toUser), members }
  }
  const { conversationId } = body
  switch (conversationKind(conversationId)) {
    case 'direct': {
      const members = directUsers(conversationId)
      if (members?.includes(self)) return { kind: 'fixed', conversationId, members: new Set(members) }
      break
    }
    case 'own':
      if (conversationId === ownConversationId(self)) return { kind: 'fixed', conversationId, members: [self] }
      break
    case 'group':
      return { kind: 'group', conversationId }
    case undefined:
      break
  }
  throw new RequestError('conversation_unknown', 'There is no such conversation for you.', { field: 'conversation_id' })
}
