/** The Hawser client for browsers, Workers and Node: WebSocket, nothing of any one runtime. */
import { Client } from './client.ts'
import type { ClientOptions } from './options.ts'
import { webSocketTransports } from './websocket-transport.ts'

export type { ConversationKind } from '../shared/conversation-id.ts'
export { RequestError } from '../shared/errors.ts'
export { type Change, ContactStep, type Forward, PresenceAudience, type Reaction, type Receipt, Role } from '../shared/gen/hawser.ts'
export {
  ATTACHMENT_CONTENT_TYPE,
  type Attachment,
  type AttachmentContent,
  AttachmentError,
  attachmentMessage,
  attachmentOf,
  attachmentUrl,
  type Upload,
  uploadAttachment,
} from './attachments.ts'
export type { Attributes } from './attributes.ts'
export type { Broadcast } from './broadcast.ts'
export type { ConversationChange } from './change.ts'
export type { ChatMessage, MessageAftermath, MessageDetails } from './chat-message.ts'
export type { Client, Limits } from './client.ts'
export type { Cancel, Clock } from './clock.ts'
export type { ClosedReason, Displacer } from './closed-reason.ts'
export type { ClientState } from './connection-loop.ts'
export type { Content, ReceivedContent } from './content.ts'
export type { ConversationHandle } from './conversation.ts'
export type { ConversationSummary } from './conversation-summary.ts'
export type { DeviceClassName } from './device-class.ts'
export { ClosedError, DisconnectedError, TimeoutError } from './errors.ts'
export type { ClientEvents, Discontinuity } from './events.ts'
export type { Group, GroupChanges, GroupSettings, NewGroup } from './group.ts'
export type { ClientOptions, TokenSource } from './options.ts'
export type { SendResult } from './outbox.ts'
export type { EditDetails, SendOptions } from './outgoing.ts'
export type { CursorPage, History, HistoryPage } from './pages.ts'
export type { AddedByName, AudienceName, Preferences, Status } from './personal.ts'
export type { Presence } from './presence.ts'
export type { BannedUser, Member, MessagePage, Readers, Relation, ScheduledMessage, Search } from './queries.ts'
export type { ConversationRef, Recipient } from './recipient.ts'
export { type RoleName, roleName } from './role.ts'
export type { RoomMessage } from './rooms.ts'

/**
 * Begins to connect to `ws://`, `wss://`, `http://` or `https://` (a path that ends with a slash is the folder of the door `ws`).
 * Throws TypeError where the URL is none of these.
 */
export function connect(url: string, options: ClientOptions): Client {
  return new Client(url, options, { transports: webSocketTransports, deviceClass: 'web' })
}
