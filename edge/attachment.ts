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
}

export interface UplinkAttachment {
  readonly kind: 'uplink'
  readonly generation: number
  readonly phase: UplinkPhase
}

/** From HELLO to WELCOME, from there on, and after DRAIN, when only the core still speaks. */
export type UplinkPhase = 'greeted' | 'welcomed' | 'draining'

/** The longest ticket that leaves the attachment below 1 KiB. */
export const MAX_TICKET_LENGTH = 768
/** Of a browser's User-Agent as much is kept. */
export const MAX_USER_AGENT_LENGTH = 96

export function readAttachment(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment
}

export function writeAttachment(socket: WebSocket, attachment: Attachment): void {
  socket.serializeAttachment(attachment)
}
