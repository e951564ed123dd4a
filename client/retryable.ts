import type { ErrorName } from '../shared/codes.ts'

const RETRYABLE: ReadonlySet<string> = new Set<ErrorName>(['storage_unavailable', 'rate_limited', 'internal_error'])

/** Whether the same request may succeed a little later (E1). */
export function isRetryable(code: string): boolean {
  return RETRYABLE.has(code)
}

/** The wait before a retry where the server names none. */
export const RETRY_AFTER_MS = 1_000
