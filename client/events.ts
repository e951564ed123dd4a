import type { Receipt, Typing } from '../shared/gen/hawser.ts'
import type { Broadcast } from './broadcast.ts'
import type { ConversationChange } from './change.ts'
import type { ChatMessage } from './chat-message.ts'
import type { ClosedReason } from './closed-reason.ts'
import type { ClientState } from './connection-loop.ts'
import type { Presence } from './presence.ts'
import type { RoomMessage } from './rooms.ts'

/** What a client tells its application. */
export interface ClientEvents {
  /** The next message of its conversation: each once, by `seq`. Not those that this client sent itself. */
  message: ChatMessage
  /** Something done to a conversation, in its turn among the messages; also what this client did, once it is acknowledged. */
  change: ConversationChange
  state: ClientState
  /** How far a user has received and read a conversation; fleeting (Y3). */
  receipt: Receipt
  /** Somebody else is typing, or has stopped; good for 6 s (T1). */
  typing: Typing
  /** Of a user on the watch list (T2). */
  presence: Presence
  /** In a room that this client is in (T4). */
  roomMessage: RoomMessage
  broadcast: Broadcast
  /**
   * The server's log is not what it was (a backup was restored): the application drops what it
   * has of the conversation past `fromSeq`, and messages follow from there anew (Y6).
   */
  discontinuity: Discontinuity
  /** No reconnecting any more, unless by `reconnect`. */
  closed: ClosedReason
}

export interface Discontinuity {
  readonly conversationId: string
  readonly fromSeq: number
}
