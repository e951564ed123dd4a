/** The WebSocket subprotocol of every door; the only entry that a server echoes. */
export const SUBPROTOCOL = 'hawser.v1'
const TOKEN_PREFIX = 'hawser.token.'

/** The subprotocols a client asks for: the token rides along, because a browser can send no header. */
export function subprotocolsFor(token: string): string[] {
  return [SUBPROTOCOL, TOKEN_PREFIX + token]
}

/** Reads the Sec-WebSocket-Protocol header of an upgrade request. */
export function parseSubprotocols(header: string | null | undefined): { offered: boolean; token: string | undefined } {
  const entries = (header ?? '').split(',').map((entry) => entry.trim())
  const token = entries.find((entry) => entry.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length)
  return { offered: entries.includes(SUBPROTOCOL), token: token || undefined }
}

/** The heartbeat of a WebSocket: text, so that an edge can answer it without waking (H2). */
export const TEXT_PING = 'ping'
/** What answers `TEXT_PING`, as text too. */
export const TEXT_PONG = 'pong'
