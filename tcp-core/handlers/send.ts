import { RequestError } from '../../shared/errors.ts'
import { CLIENT_MESSAGE_ID_BYTES, CONTENT_TYPE_BYTES, checkId } from '../../shared/fields.ts'
import { type Change, changeCase, type Send, writeChange, writeDetails } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import { reactionKey } from '../../shared/reaction-key.ts'
import { appendCost } from '../log/append-cost.ts'
import { PendingSend, type SendingParts } from '../sending/pending-send.ts'
import type { Session } from '../sessions/session.ts'

export interface SendParts extends SendingParts {
  readonly config: { readonly maxContentBytes: number }
}

export const DEFAULT_CONTENT_TYPE = 'text/plain'
/** Of details and of a change, besides the content of an edit. */
const MAX_ENCODED_BYTES = 112 * 1024
const writer = new ProtobufWriter()

/** SEND: checks the entry and gives it to the log; ack and delivery follow once it is on disk. */
export function send(parts: SendParts, session: Session, requestId: number, body: Send): undefined {
  const { maxContentBytes } = parts.config
  checkId('client_message_id', body.clientMessageId, CLIENT_MESSAGE_ID_BYTES)
  checkId('content_type', body.contentType, CONTENT_TYPE_BYTES)
  checkSize(maxContentBytes, body.content)
  const change = body.change && checkedChange(maxContentBytes, body, body.change)
  new PendingSend(parts, session.targets.of(body), {
    sender: session.user.id,
    clientMessageId: body.clientMessageId,
    contentType: body.contentType === '' && !body.change ? DEFAULT_CONTENT_TYPE : body.contentType,
    content: body.content,
    sentAt: parts.clock.now(),
    details: body.details,
    change,
    encodedDetails: body.details && encoded('details', writeDetails, body.details),
    encodedChange: change && encoded(changeCase(change)?.kind ?? 'change', writeChange, change, change.edit?.content.length),
    sendAt: body.sendAt,
    due: false,
    cost: appendCost(body.content, body.details, change),
    from: { session, requestId },
  }).begin()
}

/** S1: the cap on content. */
export function checkSize(maxContentBytes: number, content: Uint8Array): void {
  if (content.length <= maxContentBytes) return
  throw new RequestError('content_too_large', `The content has ${content.length} bytes; at most ${maxContentBytes} are taken.`, {
    field: 'content',
  })
}

/** C1: what is done is no message. */
function checkedChange(maxContentBytes: number, { content, contentType, details, sendAt }: Send, change: Change): Change {
  if (content.length > 0 || contentType !== '' || details || sendAt) {
    throw new RequestError('field_invalid', 'With "change" there is no content, no details and no time.', { field: 'change' })
  }
  if (change.edit) {
    checkSize(maxContentBytes, change.edit.content)
    // S1: of an edit too. Nothing else is in the change.
    if (change.edit.contentType === '') return { ...change, edit: { ...change.edit, contentType: DEFAULT_CONTENT_TYPE } }
  }
  // M3: all who hear of it hear of the same.
  return change.react ? { ...change, react: { ...change.react, key: reactionKey(change.react.key) } } : change
}

/** `contentBytes` of it are content, which has a bound of its own. */
function encoded<T>(field: string, write: (writer: ProtobufWriter, body: T) => void, body: T, contentBytes = 0): Uint8Array {
  writer.reset()
  write(writer, body)
  const bytes = writer.finishAlone()
  const ownBytes = bytes.length - contentBytes
  if (ownBytes <= MAX_ENCODED_BYTES) return bytes
  throw new RequestError('field_invalid', `"${field}" has ${ownBytes} bytes; at most ${MAX_ENCODED_BYTES} are taken.`, { field })
}
