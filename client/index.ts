/** The Hawser client for browsers, Workers and Node: WebSocket, nothing of any one runtime. */
import { Client } from './client.ts'
import type { ClientOptions } from './options.ts'
import { webSocketTransports } from './websocket-transport.ts'

export { RequestError } from '../shared/errors.ts'
export type { ChatMessage } from './chat-message.ts'
export type { Client, ClientEvents, Discontinuity } from './client.ts'
export type { Cancel, Clock } from './clock.ts'
export type { ClosedReason, Displacer } from './closed-reason.ts'
export type { ClientState } from './connection-loop.ts'
export type { ConversationSummary } from './conversation-summary.ts'
export type { DeviceClassName } from './device-class.ts'
export { ClosedError, TimeoutError } from './errors.ts'
export type { ClientOptions, TokenSource } from './options.ts'
export type { SendResult } from './outbox.ts'

/**
 * Begins to connect to `ws://`, `wss://`, `http://` or `https://` (path /ws unless the URL names another).
 * Throws TypeError where the URL is none of these.
 */
export function connect(url: string, options: ClientOptions): Client {
  return new Client(url, options, { transports: webSocketTransports, deviceClass: 'web' })
}
