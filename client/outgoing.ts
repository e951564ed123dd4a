import type { Change, Details, EditedDetails, Forward, Send } from '../shared/gen/hawser.ts'
import { type Attributes, attributeList } from './attributes.ts'
import { type Content, encodedContent } from './content.ts'
import { addressOf, type Recipient } from './recipient.ts'

/** What a message may have besides its content (S5, S6); times in milliseconds since 1970 by the server's date (`client.serverTime()`). */
export interface SendOptions {
  /**
   * 1 to 64 bytes, made by the client if not given. To send the same again under the same id is safe; another message
   * under it is RequestError `message_id_conflict` (S3).
   */
  clientMessageId?: string
  /** The `seq` of the message that this one answers. */
  replyTo?: number
  /** The `seq` of the message whose thread this one is in. */
  thread?: number
  /** The ids of the users whom it mentions, at most 50. */
  mentions?: readonly string[]
  /** It mentions everybody; in a group that takes the role `settings.mentionAll` (admin by default). */
  mentionAll?: boolean
  /** Where the content was before. */
  forward?: Forward
  /** Whatever the application likes to keep with it: at most 16, a key of 1 to 64 bytes, a value of 1,024 at most. */
  attributes?: Attributes
  /** When the message disappears for everybody; never if not given. Must not be past, else RequestError `field_invalid`. */
  expiresAt?: number
  /** When the message is sent, where that is in the future; until then `client.unschedule` takes it back (S6). */
  sendAt?: number
}

/** What an edit may put in the place of what the message had. */
export type EditDetails = Pick<SendOptions, 'mentions' | 'mentionAll' | 'attributes'>

export function editedDetails({ mentions = [], mentionAll = false, attributes }: EditDetails): EditedDetails {
  return { mentions: [...mentions], mentionAll, attributes: attributeList(attributes) }
}

const NO_CONTENT = new Uint8Array(0)

export function outgoingMessage(to: Recipient, content: Content, options: SendOptions, clientMessageId: string): Send {
  return {
    clientMessageId,
    ...addressOf(to),
    ...encodedContent(content),
    details: detailsOf(options),
    sendAt: options.sendAt,
  }
}

/** C1: a change has nothing of a message. */
export function outgoingChange(to: Recipient, change: Change, clientMessageId: string): Send {
  return { clientMessageId, ...addressOf(to), contentType: '', content: NO_CONTENT, change }
}

/** Left out where there is none of it: most messages are plain. */
function detailsOf({ replyTo, thread, mentions, mentionAll, forward, attributes, expiresAt }: SendOptions): Details | undefined {
  if (!(replyTo || thread || mentions?.length || mentionAll || forward || attributes || expiresAt)) return undefined
  return {
    replyTo: replyTo ?? 0,
    thread: thread ?? 0,
    mentions: [...(mentions ?? [])],
    mentionAll: mentionAll ?? false,
    forward,
    attributes: attributeList(attributes),
    expiresAt: expiresAt ?? 0,
  }
}
