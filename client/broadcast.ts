import type { Broadcast as BroadcastBody } from '../shared/gen/hawser.ts'
import { type ReceivedContent, receivedContent } from './content.ts'

/** What an operator says to many (T4). */
export interface Broadcast extends ReceivedContent {
  /** Milliseconds since 1970. */
  readonly sentAt: number
}

export function broadcastOf(broadcast: BroadcastBody): Broadcast {
  return { sentAt: broadcast.sentAt, ...receivedContent(broadcast) }
}
