import { RequestError } from '../../shared/errors.ts'

const STORAGE_RETRY_MS = 1000

/** What a request gets whose answer needs the log, when the log cannot be had. */
export function unavailable(cause: unknown): never {
  throw new RequestError('storage_unavailable', 'The log cannot be used for now.', { cause, retryAfterMs: STORAGE_RETRY_MS })
}
