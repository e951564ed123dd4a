import { AttachmentError, ClosedError, DisconnectedError, RequestError, TimeoutError } from 'hawser'
import type { CODES } from '../../shared/codes.ts'
import { userIdFault } from '../../shared/conversation-id.ts'
import { shownName } from '../../shared/foreign-text.ts'

/** A refusal, from wherever it came. */
interface Refused {
  readonly field: string
  readonly retryAfterMs: number
  /** The server's own sentence. */
  readonly message: string
}
type Words = string | ((refused: Refused) => string)

const ASK_ANEW = 'Sign in again; your messages are kept.'
const BROKEN = 'This page and the server do not understand each other. Reload the page.'
const LATER = 'The server cannot do this just now. Try again in a moment.'

/** What a person is told of each code, and what to do next (docs/PROTOCOL.md, "Codes"). */
export const WORDS: Readonly<Record<keyof typeof CODES, Words>> = {
  internal_close: 'The server had a fault. The page connects again by itself.',
  core_unavailable: 'The server is away. The page connects again by itself.',
  going_away: 'The server is being restarted. The page connects again by itself.',
  heartbeat_timeout: 'The connection was silent for too long. The page connects again by itself.',
  login_timeout: 'Signing in took too long. The page tries again by itself.',
  overloaded: 'The server is full just now. The page tries again by itself.',
  stalled: 'The connection was too slow. The page connects again by itself; nothing is lost.',
  rate_exceeded: 'Too much was sent at once. Wait a minute, then go on.',
  too_many_sessions: 'You are signed in in too many places. Sign out in one of them.',
  key_unknown: 'The server cannot check who you are just now. The page tries again by itself.',
  connection_lost: 'The connection was lost. The page connects again by itself.',
  token_expired: `Your sign-in has run out. ${ASK_ANEW}`,
  frame_too_large: 'This is too large for the server. Send less at once.',
  frame_malformed: BROKEN,
  version_unsupported: 'The server is newer or older than this page. Reload the page.',
  login_required: BROKEN,
  token_invalid: 'The server does not accept your sign-in. Sign in again, with a new token if you have pasted one.',
  displaced: 'You have signed in on another device, and are signed out here.',
  replaced: 'This tab was opened again elsewhere.',
  logged_out: 'You are signed out.',
  denied: 'This server does not let you in. Ask who runs it.',
  kicked: 'Who runs this server has signed you out. You may connect again.',
  text_unexpected: BROKEN,
  command_unknown: 'The server does not know how to do this: it is older than the page. Reload the page.',
  body_malformed: BROKEN,
  field_invalid: ({ field, message }) =>
    FIELDS[field] ?? FIELDS[firstWord(message)] ?? 'Something in this is not accepted. Change it and try again.',
  already_logged_in: 'You are signed in already.',
  token_refused: `Your sign-in could not be renewed. ${ASK_ANEW}`,
  content_too_large: 'The message is too long. Send it in parts, or as a file.',
  message_id_conflict: 'Another message was sent in its place. Copy the text, discard this one and send it anew.',
  conversation_unknown: 'There is no such conversation, or you are not in it. Ask somebody who is to add you.',
  conversation_exists: 'There is a group of this address already. Choose another.',
  message_unknown: 'This message is not there any more.',
  // These the server says in words for people: which role, or what a rule of this installation asks for.
  forbidden: ({ message }) => `Not allowed: ${shownName(message) || 'your role here is not enough.'}`,
  limit_reached: ({ message }) => `No more of these: ${shownName(message) || 'there are as many as there may be.'}`,
  muted: ({ retryAfterMs }) =>
    retryAfterMs > 0
      ? `You may not write here for ${durationInWords(retryAfterMs)}. Send it again then.`
      : 'You may not write here for now. Ask an admin of the group.',
  blocked: 'One of you has blocked the other, so this cannot be sent.',
  too_late: 'It is too late to change this message.',
  rate_limited: ({ retryAfterMs }) => `Too much at once. Try again in ${durationInWords(Math.max(1000, retryAfterMs))}.`,
  storage_unavailable: 'The server cannot store anything just now. Try again in a moment.',
  internal_error: LATER,
}

/** What was wrong with a field, where a person has filled it in. */
const FIELDS: Readonly<Record<string, string>> = {
  text: 'Type at least one letter or digit to search for, and not too many words.',
  cursor: 'This list has changed. Open it again.',
  users: 'One of these names is not right, or is there already. Check the names.',
  user: 'This is no name of anybody. Check it.',
  to_user: 'This is no name of anybody. Check it.',
  name: 'The name is empty, too long, or has characters that cannot be seen. Choose another.',
  description: 'The description is too long, or has characters that cannot be seen. Change it.',
  avatar: 'This picture is not accepted. Choose another.',
  mentions: 'Too many people are mentioned, or one of them is not here. Mention fewer.',
  attributes: 'There is too much beside the text. Send less.',
  reply_to: 'The message that you answer is not there any more. Send it as a message of its own.',
  thread: 'The message that began this thread is not there any more.',
  expires_at: 'The time to disappear is over already. Choose a longer one.',
  send_at: 'The time to send it is not right. Choose a later one.',
  key: 'This is not accepted as a reaction. Choose another.',
  room_id: 'A room’s name has 1 to 128 bytes and nothing invisible. Choose another.',
  role: 'There is no such role.',
  draft: 'The draft is too long to be kept on the server. Send it in parts.',
  note: 'The note is too long. Shorten it.',
  content_type: 'This kind of content is not accepted.',
}

/** What the edge says besides, of files (docs/PROTOCOL.md, A7). */
export const FILE_WORDS: Readonly<Record<string, Words>> = {
  field_invalid: 'The name or the kind of this file is not accepted. Rename it and send it again.',
  origin_refused: 'This page may not use the server’s files. Open the server’s own address.',
  link_invalid: 'The link to this file does not hold. Try again.',
  link_expired: 'The link to this file has run out. Try again.',
  length_required: BROKEN,
  attachment_unknown: 'This file is not there any more. Ask for it to be sent again.',
  attachment_exists: 'This file has been sent already. Send it as a new one.',
  attachment_too_large: 'This file is too large for the server. Send a smaller one, or a link to it.',
  range_unsatisfiable: 'This file could not be loaded. Try again.',
  rate_exceeded: 'Too many files at once. Wait a minute, then send it again.',
  quota_exceeded: 'You have sent as many files as you may in a day. Try again later.',
  quota_used_up: 'You have no more room for files on this server. Send a link instead, or ask who runs it.',
  storage_full: 'The server has no more room for files. Send a link instead, or ask who runs it.',
  too_many_uploads: 'Too many files are on their way. Wait until some have arrived, then send it again.',
  upload_stalled: 'The upload stood still for too long. Send it again.',
  storage_unavailable: 'Files cannot be stored just now. Try again in a moment.',
  storage_refused: 'The storage did not take or give this file. Try again in a moment.',
  not_configured: 'This server takes no files. Send a link instead.',
  not_found: 'This server takes no files. Send a link instead.',
  shard_unknown: BROKEN,
  upgrade_required: BROKEN,
  subprotocol_missing: BROKEN,
}

/** An error as a person understands it, with what to do next. Nothing else shows one. */
export function inWords(error: unknown): string {
  if (error instanceof RequestError) return of(WORDS, error.code, error)
  if (error instanceof ClosedError) return closedInWords(error.reason.code)
  if (error instanceof AttachmentError)
    return of({ ...WORDS, ...FILE_WORDS }, error.code, { field: '', retryAfterMs: 0, message: error.message })
  if (error instanceof TimeoutError) return 'The server has not answered. Try again.'
  if (error instanceof DisconnectedError) return 'You are offline, and this was not sent. Try again when you are back.'
  // The page's own are sentences; what browsers say of a failed request is not.
  if (error instanceof Error && !(error instanceof TypeError) && !(error instanceof DOMException)) return error.message
  return 'The server cannot be reached. Check your connection and try again.'
}

/** A refusal that was told apart from its request, as that of a message whose time had come. */
export function refusalInWords(code: string, message: string): string {
  return of(WORDS, code, { field: '', retryAfterMs: 0, message })
}

/** Why a connection ended for good. */
export function closedInWords(code: string): string {
  return of({ ...WORDS, closed_by_user: 'You are signed out.' }, code, { field: '', retryAfterMs: 0, message: '' })
}

/** What is wrong with the name of a person that somebody has typed; undefined for nothing. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'Type a name.'
  const fault = userIdFault(name)
  if (fault === undefined) return undefined
  return /longer/.test(fault) ? 'This name is too long.' : 'A name has no spaces, and nothing that cannot be seen.'
}

/** A newer server may have codes that this page does not know. */
function of(words: Readonly<Record<string, Words>>, code: string, refused: Refused): string {
  const found = Object.hasOwn(words, code) ? words[code] : undefined
  if (found === undefined) return 'The server refused this. Reload the page and try again.'
  return typeof found === 'string' ? found : found(refused)
}

/** `"text" has no letter.` is about `text`. */
function firstWord(message: string): string {
  return /^"(\w+)"/.exec(message)?.[1] ?? ''
}

function durationInWords(ms: number): string {
  const [amount, unit] =
    ms < 90_000
      ? [Math.ceil(ms / 1000), 'second']
      : ms < 5_400_000
        ? [Math.ceil(ms / 60_000), 'minute']
        : [Math.ceil(ms / 3_600_000), 'hour']
  return amount === 1 ? `a${unit === 'hour' ? 'n' : ''} ${unit}` : `${amount} ${unit}s`
}
