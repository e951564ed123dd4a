/**
 * What the runtime keeps with a socket while the shard hibernates: all that is needed to
 * announce it again (docs/PROTOCOL.md, U4 and U6), in less than 1 KiB. None is the mark of
 * a socket that is over for the shard, whatever may still arrive on it.
 */
export type Attachment = BrowserAttachment | UplinkAttachment | null

export interface BrowserAttachment {
  readonly kind: 'browser'
  readonly channel: number
  /** Milliseconds since 1970. */
  readonly openedAt: number
  readonly remoteAddress: string
  readonly userAgent: string
  /** What ACCEPT gave (U5); empty while the socket has no session. */
  readonly ticket: string
  /** Milliseconds since 1970: the end of the session's token; 0 while the socket has no session. */
  readonly expiresAt: number
}

export interface UplinkAttachment {
  readonly kind: 'uplink'
  /** The name of this shard, for HELLO. */
  readonly shard: string
  readonly coreId: string
  /** That of the last HELLO. */
  readonly generation: number
  readonly openedAt: number
  /** What WELCOME said; 0 before it. */
  readonly startedAt: number
  readonly phase: UplinkPhase
}

/**
 * - `greeted`: HELLO was said, WELCOME has not come.
 * - `standby`: another core has the browsers.
 * - `elected`: this core has the browsers; what it says is void until it has answered the HELLO that told it so.
 * - `owner`: this core has the browsers.
 * - `draining`: after DRAIN, only the core still speaks.
 */
export type UplinkPhase = 'greeted' | 'standby' | 'elected' | 'owner' | 'draining'

/** Of a browser's User-Agent as much is kept. */
export const MAX_USER_AGENT_LENGTH = 96

export function readAttachment(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment
}

export function writeAttachment(socket: WebSocket, attachment: Attachment): void {
  socket.serializeAttachment(attachment)
}
