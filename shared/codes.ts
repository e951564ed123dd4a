/**
 * Every code of the protocol, once (docs/PROTOCOL.md, "Codes").
 *
 * A row with `close` ends the connection with that number, on a WebSocket as its
 * close code, on a byte stream in the CLOSE frame. The number's range is the advice:
 * 4000-4099 come back with back-off, 4100-4199 come back now with a fresh token,
 * 4200-4299 stop until a person or a new build says otherwise.
 * A row without `close` answers one request; the connection lives. Its advice says what becomes of
 * that request (E5): `again` the same a little later, `fresh-token` with another token, `person` not
 * before a person has changed something, `never`.
 */
export const CODES = {
  internal_close: { close: 4000, advice: 'back-off', meaning: 'The server failed in a way it did not expect.' },
  core_unavailable: { close: 4001, advice: 'back-off', meaning: 'The edge has no core to bridge to.' },
  going_away: { close: 4002, advice: 'back-off', meaning: 'The server is shutting down or draining.' },
  heartbeat_timeout: { close: 4003, advice: 'back-off', meaning: 'Nothing was heard for longer than the heartbeat timeout.' },
  login_timeout: { close: 4004, advice: 'back-off', meaning: 'No LOGIN came in time.' },
  overloaded: { close: 4005, advice: 'back-off', meaning: 'The server takes no new sessions for now.' },
  stalled: { close: 4006, advice: 'back-off', meaning: 'The client stopped reading or acknowledging; everything is in the log.' },
  rate_exceeded: { close: 4007, advice: 'back-off', meaning: 'A limit was still exceeded after its error.' },
  too_many_sessions: { close: 4009, advice: 'back-off', meaning: 'The user has as many sessions as one may have.' },
  key_unknown: {
    close: 4010,
    advice: 'back-off',
    meaning: 'The key that signed the token is not known, or cannot be fetched; the server looks for it.',
  },
  connection_lost: { close: 4008, advice: 'back-off', meaning: 'The connection ended without a close; never sent.' },

  token_expired: { close: 4100, advice: 'fresh-token', meaning: 'The token has expired.' },

  frame_too_large: { close: 1009, advice: 'stop', meaning: 'A frame or message is longer than the cap.' },
  frame_malformed: { close: 4200, advice: 'stop', meaning: 'The bytes are no frame.' },
  version_unsupported: { close: 4201, advice: 'stop', meaning: 'The frame has a version this server does not speak.' },
  login_required: { close: 4202, advice: 'stop', meaning: 'A frame other than LOGIN or PING came before LOGIN_ACK.' },
  token_invalid: { close: 4203, advice: 'stop', meaning: 'The token is not one this server accepts.' },
  displaced: { close: 4204, advice: 'stop', meaning: "Another login took this session's place." },
  replaced: { close: 4205, advice: 'stop', meaning: 'The same client came back on a newer connection.' },
  logged_out: { close: 4206, advice: 'stop', meaning: 'The client logged out.' },
  denied: { close: 4207, advice: 'stop', meaning: 'The address or user is banned or not on the allow list.' },
  kicked: { close: 4208, advice: 'stop', meaning: 'An operator ended the session.' },
  text_unexpected: { close: 4209, advice: 'stop', meaning: 'A text message other than "ping" came on a binary WebSocket.' },

  command_unknown: { advice: 'never', meaning: 'The command is none that a client may send.' },
  body_malformed: { advice: 'never', meaning: "The body is not the command's message." },
  field_invalid: { advice: 'never', meaning: 'A field has a value it may not have; `field` names it.' },
  already_logged_in: { advice: 'never', meaning: 'This connection has a session already.' },
  token_refused: { advice: 'fresh-token', meaning: "A renewal's token does not hold; the session goes on until its own token ends." },
  content_too_large: { advice: 'person', meaning: 'The content is longer than the cap.' },
  message_id_conflict: { advice: 'never', meaning: 'The same clientMessageId was used before for another message.' },
  conversation_unknown: { advice: 'never', meaning: 'There is no such conversation, or the user is not in it.' },
  conversation_exists: { advice: 'person', meaning: 'There is a conversation of this id already.' },
  message_unknown: { advice: 'never', meaning: 'There is no such message, or it is gone or not for the user.' },
  forbidden: { advice: 'person', meaning: "The user's role, or the settings of the conversation, do not allow it." },
  muted: { advice: 'person', meaning: 'The user may not send here for now; `retryAfterMs` says for how long, where that is known.' },
  blocked: { advice: 'person', meaning: 'The other user does not take messages of this one.' },
  too_late: { advice: 'person', meaning: 'The time within which this could be done is over.' },
  limit_reached: { advice: 'person', meaning: 'There are as many as there may be; the message says of what.' },
  rate_limited: { advice: 'again', meaning: 'Too many requests; `retryAfterMs` says when to go on.' },
  storage_unavailable: { advice: 'again', meaning: 'The log cannot be written or read for now; send it again later.' },
  internal_error: { advice: 'again', meaning: 'The server failed in a way it did not expect; the request may be sent again.' },
} as const satisfies Record<string, ErrorRow | CloseRow>

/** What a client does after a close. */
export type Advice = 'back-off' | 'fresh-token' | 'stop'
/** What a client does with a request that was answered by an ERROR. */
export type RequestAdvice = 'again' | 'fresh-token' | 'person' | 'never'
interface ErrorRow {
  readonly advice: RequestAdvice
  readonly meaning: string
}
interface CloseRow {
  readonly close: number
  readonly advice: Advice
  readonly meaning: string
}

type Rows = typeof CODES
/** The codes that end a connection: the rows with a number. */
export type CloseName = { [K in keyof Rows]: Rows[K] extends CloseRow ? K : never }[keyof Rows]
/** The codes that answer one request with an ERROR: the rows without a number. */
export type ErrorName = Exclude<keyof Rows, CloseName>

const closeNames = new Map<number, CloseName>()
for (const [name, row] of Object.entries(CODES)) {
  if ('close' in row) closeNames.set(row.close, name as CloseName)
}

/** The row's name for a close number, or undefined for a number that is none of ours. */
export function closeNameOf(number: number): CloseName | undefined {
  return closeNames.get(number)
}

/** What a client does after a close: by the row, by the range, and with back-off for all that is unknown (1006, 1001, 1012 and so on). */
export function adviceOf(number: number): Advice {
  const name = closeNames.get(number)
  if (name) return CODES[name].advice
  if (number >= 4100 && number <= 4199) return 'fresh-token'
  if (number >= 4200 && number <= 4299) return 'stop'
  return 'back-off'
}

/** What a client does with a request that was refused with this code; `never` for one that is unknown, as a newer server's may be. */
export function requestAdviceOf(code: string): RequestAdvice {
  if (!Object.hasOwn(CODES, code)) return 'never'
  const row: ErrorRow | CloseRow = CODES[code as keyof Rows]
  return 'close' in row ? 'never' : row.advice
}
