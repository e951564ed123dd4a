import { requestAdviceOf } from '../shared/codes.ts'

/** Whether the same request may succeed a little later (E5). */
export function isRetryable(code: string): boolean {
  return requestAdviceOf(code) === 'again'
}

/** The wait before a retry where the server names none. */
export const RETRY_AFTER_MS = 1_000
