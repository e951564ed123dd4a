import type { Receipt, Typing } from '../shared/gen/hawser.ts'
import type { Broadcast } from './broadcast.ts'
import type { ConversationChange } from './change.ts'
import type { ChatMessage } from './chat-message.ts'
import type { ClosedReason } from './closed-reason.ts'
import type { ClientState } from './connection-loop.ts'
import type { Presence } from './presence.ts'
import type { RoomMessage } from './rooms.ts'

/** What a client tells its application: the name of each event for `client.on`, and what its listeners get. */
export interface ClientEvents {
  /** The next message of its conversation: each once, by `seq`. Not those that this client sent itself. */
  message: ChatMessage
  /** Something done to a conversation, in its turn among the messages; also what this client did, once it is acknowledged. */
  change: ConversationChange
  /** What the client does now has changed. */
  state: ClientState
  /** How far a user has received and read a conversation; fleeting (Y3). */
  receipt: Receipt
  /** Somebody else is typing, or has stopped; good for 6 s (T1). */
  typing: Typing
  /** Of a user on the watch list (T2). */
  presence: Presence
  /** In a room that this client is in (T4). */
  roomMessage: RoomMessage
  /** An operator says something to many (T4); fleeting. */
  broadcast: Broadcast
  /**
   * The server's log is not what it was (a backup was restored): the application drops what it
   * has of the conversation past `fromSeq`, and messages follow from there anew (Y6).
   */
  discontinuity: Discontinuity
  /** No reconnecting any more, unless by `reconnect`. */
  closed: ClosedReason
}

/** Where a conversation begins anew because the log went back (Y6). */
export interface Discontinuity {
  readonly conversationId: string
  /** The `seq` up to which what the application has still holds; 0: nothing does. */
  readonly fromSeq: number
}
