import { RequestError } from '../../shared/errors.ts'

const STORAGE_RETRY_MS = 1000

/** What a request gets whose answer needs the log, when the log cannot be had. */
export function unavailable(cause: unknown): never {
  // The log works, and this user may not.
  if (cause instanceof RequestError) throw cause
  throw new RequestError('storage_unavailable', 'The log cannot be used for now.', { cause, retryAfterMs: STORAGE_RETRY_MS })
}
