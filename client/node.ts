/** The Hawser client for Node: that of index.ts, and TCP and TLS beside WebSocket. */
import { Client } from './client.ts'
import type { ClientOptions } from './options.ts'
import { tcpTransports } from './tcp-transport.ts'
import { webSocketTransports } from './websocket-transport.ts'

export type * from './index.ts'
export {
  ATTACHMENT_CONTENT_TYPE,
  AttachmentError,
  attachmentMessage,
  attachmentOf,
  attachmentUrl,
  ClosedError,
  ContactStep,
  DisconnectedError,
  PresenceAudience,
  RequestError,
  Role,
  roleName,
  TimeoutError,
  uploadAttachment,
} from './index.ts'

/**
 * Begins to connect to `tcp://`, `tls://` (port 7400 unless the URL names another) or what index.ts takes.
 * Throws TypeError where the URL is none of these.
 */
export function connect(url: string, options: ClientOptions): Client {
  return new Client(url, options, { transports: { ...tcpTransports, ...webSocketTransports }, deviceClass: 'desktop' })
}
