import { AttachmentError } from 'hawser'

/** What a person can make of each refusal (docs/PROTOCOL.md, A7). */
const WORDS: Readonly<Record<string, string>> = {
  attachment_too_large: 'the file is larger than this server takes.',
  quota_exceeded: 'as much was sent as may be in one day. Try again in some hours.',
  quota_used_up: 'you have sent as many files as this server keeps for you.',
  storage_full: 'the server has no room left for files.',
  too_many_uploads: 'too many files are on their way at once. Try again when some have arrived.',
  rate_exceeded: 'too many files were begun in one minute. Try again in a minute.',
  upload_stalled: 'the connection stood still for too long.',
  storage_unavailable: 'the server cannot keep files just now. Try again later.',
  storage_refused: 'the server cannot keep files just now. Try again later.',
  not_configured: 'this server takes no files.',
  link_expired: 'it took too long to begin. Try again.',
  token_expired: 'you were signed out meanwhile. Try again.',
  token_invalid: 'you are not signed in any more.',
}

/** Why a file did not get there, to be shown after "Not sent:". */
export function uploadFault(error: unknown): string {
  if (error instanceof AttachmentError) return WORDS[error.code] ?? error.message
  // fetch and XMLHttpRequest say no more than that they failed.
  if (error instanceof TypeError) return 'the connection was lost. Try again.'
  return error instanceof Error ? error.message : String(error)
}
