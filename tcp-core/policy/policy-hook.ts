import type { Logger } from 'pino'
import { RequestError } from '../../shared/errors.ts'
import { LruCache } from '../limits/lru-cache.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Clock } from '../time/clock.ts'
import { askPolicy, type PolicyAnswer, type PolicyQuestion, type PolicyService } from './policy-request.ts'

/** How long the policy's word holds for a pair of users, and how long its silence. */
const HOLDS_MS = 60_000
const FAILURE_HOLDS_MS = 5_000
const CACHED_PAIRS = 100_000
const CACHED_PAIR_BYTES = 16 * 1024 * 1024
/** Pairs that are asked about at a time, and what may wait meanwhile. */
const MAX_ASKED = 256
const MAX_HELD = 10_000
const MAX_HELD_BYTES = 32 * 1024 * 1024
const RETRY_MS = 1000

export interface PolicySettings extends PolicyService {
  /** What becomes of messages that the policy does not answer for. */
  readonly policyFailure: 'open' | 'closed'
}

/** An entry on its way to another user. */
export interface JudgedSend {
  readonly sender: string
  readonly conversationId: string
  /** What it takes of memory as long as it waits. */
  readonly bytes: number
  /** Whether it says anything to the other; if not, it only keeps its place behind what does. */
  readonly isJudged: boolean
  /** Nobody waits for it any more. */
  readonly isGone: boolean
  proceed(): void
  refuse(error: RequestError): void
}

interface Verdict {
  /** Undefined: let it pass. */
  readonly refusal: RequestError | undefined
  readonly until: number
}

/**
 * Asks the installation's own service who may message whom: before the first message of one
 * user to another in a minute. Meanwhile what one sends to the other waits in its order, and
 * nothing else does.
 */
export class PolicyHook {
  readonly #settings: PolicySettings
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #metrics: Metrics
  readonly #verdicts = new LruCache<string, Verdict>(CACHED_PAIRS, CACHED_PAIR_BYTES)
  readonly #asked = new Map<string, JudgedSend[]>()
  #held = 0
  #heldBytes = 0

  constructor(settings: PolicySettings, services: { clock: Clock; logger: Logger; metrics: Metrics }) {
    this.#settings = settings
    this.#clock = services.clock
    this.#logger = services.logger
    this.#metrics = services.metrics
  }

  /** Lets it proceed or refuses it, at once if the policy's word is known. Throws RequestError `rate_limited` where too much waits. */
  judge(send: JudgedSend, recipient: string): void {
    // No user id has white space (N1).
    const pair = `${send.sender} ${recipient}`
    const waiting = this.#asked.get(pair)
    if (waiting) return this.#hold(send, waiting)
    if (!send.isJudged) return send.proceed()
    const verdict = this.#verdicts.get(pair)
    if (verdict && verdict.until > this.#clock.elapsed()) return settle(send, verdict.refusal)
    if (this.#asked.size >= MAX_ASKED) throw tooMany()
    const sends: JudgedSend[] = []
    this.#hold(send, sends)
    this.#asked.set(pair, sends)
    const { sender, conversationId } = send
    this.#ask(pair, { sender, recipient, conversationId }).catch((error: unknown) =>
      this.#logger.error({ err: error }, 'policy hook failed'),
    )
  }

  #hold(send: JudgedSend, sends: JudgedSend[]): void {
    if (this.#held >= MAX_HELD || this.#heldBytes + send.bytes > MAX_HELD_BYTES) throw tooMany()
    this.#held++
    this.#heldBytes += send.bytes
    sends.push(send)
  }

  async #ask(pair: string, question: PolicyQuestion): Promise<void> {
    const verdict = this.#verdictOf(await askPolicy(this.#settings, question, this.#clock))
    this.#verdicts.set(pair, verdict)
    const sends = this.#asked.get(pair) ?? []
    this.#asked.delete(pair)
    for (const send of sends) {
      this.#held--
      this.#heldBytes -= send.bytes
      // What is not acknowledged is sent again (S3).
      if (!send.isGone) settle(send, send.isJudged ? verdict.refusal : undefined)
    }
  }

  #verdictOf(answer: PolicyAnswer): Verdict {
    const now = this.#clock.elapsed()
    this.#metrics.policyAnswered(answer.kind)
    switch (answer.kind) {
      case 'allow':
        return { refusal: undefined, until: now + HOLDS_MS }
      case 'deny':
        return { refusal: new RequestError('forbidden', answer.reason), until: now + HOLDS_MS }
      case 'failed': {
        this.#logger.warn({ err: answer.cause, policyFailure: this.#settings.policyFailure }, 'the policy did not answer')
        const until = now + FAILURE_HOLDS_MS
        if (this.#settings.policyFailure === 'open') return { refusal: undefined, until }
        const why = 'Whether this message is allowed could not be found out.'
        return { refusal: new RequestError('internal_error', why, { retryAfterMs: FAILURE_HOLDS_MS }), until }
      }
    }
  }
}

function settle(send: JudgedSend, refusal: RequestError | undefined): void {
  if (refusal) send.refuse(refusal)
  else send.proceed()
}

function tooMany(): RequestError {
  return new RequestError('rate_limited', 'Too many messages wait for a decision.', { retryAfterMs: RETRY_MS })
}
