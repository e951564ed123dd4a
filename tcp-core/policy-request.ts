import { z } from 'zod'
import type { Clock } from './clock.ts'

const TIMEOUT_MS = 2000
const MAX_REASON = 256

const body = z.object({ allow: z.boolean(), reason: z.string().optional() })

export interface PolicyQuestion {
  readonly sender: string
  readonly recipient: string
  readonly conversationId: string
}

export type PolicyAnswer =
  | { readonly kind: 'allow' }
  | { readonly kind: 'deny'; readonly reason: string }
  /** No answer in time, or none that says yes or no. */
  | { readonly kind: 'failed'; readonly cause: unknown }

/** Puts one question to the service at `url`. Never rejects. */
export async function askPolicy(url: string, question: PolicyQuestion, clock: Clock): Promise<PolicyAnswer> {
  const ended = new AbortController()
  const callOff = clock.after(TIMEOUT_MS, () => ended.abort(new Error(`no answer within ${TIMEOUT_MS} ms`)))
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      redirect: 'error',
      signal: ended.signal,
    })
    if (!response.ok) throw new Error(`answered with HTTP ${response.status}`)
    const { allow, reason } = body.parse(await response.json())
    return allow ? { kind: 'allow' } : { kind: 'deny', reason: (reason ?? 'You may not send to this user.').slice(0, MAX_REASON) }
  } catch (cause) {
    return { kind: 'failed', cause }
  } finally {
    callOff()
  }
}
