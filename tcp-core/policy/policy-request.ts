import { z } from 'zod'
import type { Clock } from '../time/clock.ts'

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

export interface PolicyService {
  readonly policyUrl: string
  readonly policyTimeoutMs: number
}

/** Puts one question to the service. Never rejects. */
export async function askPolicy(service: PolicyService, question: PolicyQuestion, clock: Clock): Promise<PolicyAnswer> {
  const { policyUrl, policyTimeoutMs } = service
  const ended = new AbortController()
  const callOff = clock.after(policyTimeoutMs, () => ended.abort(new Error(`no answer within ${policyTimeoutMs} ms`)))
  try {
    const response = await fetch(policyUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      redirect: 'error',
      signal: ended.signal,
    })
    if (!response.ok) throw new Error(`answered with HTTP ${response.status}`)
    const { allow, reason } = body.parse(await response.json())
    return allow
      ? { kind: 'allow' }
      : { kind: 'deny', reason: (reason ?? 'You may not send to this user.').slice(0, MAX_REASON).toWellFormed() }
  } catch (cause) {
    return { kind: 'failed', cause }
  } finally {
    callOff()
  }
}
