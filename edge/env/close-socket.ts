import { type CloseName, CODES } from '../../shared/codes.ts'

/** What a close frame has room for, in bytes of UTF-8. */
const MAX_REASON_BYTES = 123
const NORMAL_CLOSURE = 1000

const utf8 = new TextEncoder()
const room = new Uint8Array(MAX_REASON_BYTES)

/** Closes a socket; one that is closed already stays as it is. A number that no close frame may carry goes out as 1000. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(isSendable(code) ? code : NORMAL_CLOSURE, trimReason(reason))
}

/** As `closeSocket`, for a row of the table of codes. */
export function closeSocketAs(socket: WebSocket, name: CloseName, reason: string = CODES[name].meaning): void {
  closeSocket(socket, CODES[name].close, reason)
}

/** Cut at a character's end. */
function trimReason(reason: string): string {
  return reason.slice(0, utf8.encodeInto(reason, room).read)
}

/** 1004, 1005, 1006 and 1015 say what happened to a connection and are never sent (RFC 6455, 7.4.1). */
function isSendable(code: number): boolean {
  return code >= 1000 && code < 5000 && code !== 1004 && code !== 1005 && code !== 1006 && code !== 1015
}
