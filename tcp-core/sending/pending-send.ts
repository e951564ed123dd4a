import type { Logger } from 'pino'
import { Command } from '../../shared/commands.ts'
import { RequestError } from '../../shared/errors.ts'
import { type Change, ContactStep, type Details, Durability, type Message } from '../../shared/gen/hawser.ts'
import type { Committed, CommittedBy } from '../delivery/committed.ts'
import { deliveryMs } from '../limits/delivery-cost.ts'
import type { Intake, Load } from '../limits/intake.ts'
import type { Append, AppendOutcome, LogStore } from '../log/log-store.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { JudgedSend, PolicyHook } from '../policy/policy-hook.ts'
import type { Target } from '../sessions/send-target.ts'
import type { Session } from '../sessions/session.ts'
import type { Clock } from '../time/clock.ts'

const STORAGE_RETRY_MS = 1000
/** Of one that waits, besides what was sent: measured, with 200,000 waiting. */
const OVERHEAD_BYTES = 2048

/** What is sent, checked. */
export interface SendFields {
  readonly sender: string
  readonly clientMessageId: string
  readonly contentType: string
  readonly content: Uint8Array
  readonly sentAt: number
  readonly details: Details | undefined
  readonly change: Change | undefined
  readonly encodedDetails: Uint8Array | undefined
  readonly encodedChange: Uint8Array | undefined
  readonly sendAt: number | undefined
  readonly due: boolean
  /** It is the server's own doing. */
  readonly system?: boolean
  /** Estimated microseconds of the log's writer. */
  readonly cost: number
  /** Who waits for the ack; nobody for what was scheduled. */
  readonly from: { readonly session: Session; readonly requestId: number } | undefined
}

/** What it takes to bring an entry into the log. */
export interface SendingParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly log: LogStore
  readonly intake: Intake
  readonly policy: PolicyHook | undefined
  readonly committed: Committed
}

type Stored = Extract<AppendOutcome, { kind: 'stored' }>
type Refused = Extract<AppendOutcome, { kind: 'refused' }>

/** An entry between SEND and SEND_ACK. */
export class PendingSend implements Append, JudgedSend, CommittedBy {
  readonly #parts: SendingParts
  readonly target: Target
  readonly #fields: SendFields
  /** What it has under way at the intake. */
  #load: Load = { bytes: 0, microseconds: 0 }

  constructor(parts: SendingParts, target: Target, fields: SendFields) {
    this.#parts = parts
    this.target = target
    this.#fields = fields
  }

  get conversationId(): string {
    return this.target.conversationId
  }

  get sender(): string {
    return this.#fields.sender
  }

  get clientMessageId(): string {
    return this.#fields.clientMessageId
  }

  get contentType(): string {
    return this.#fields.contentType
  }

  get content(): Uint8Array {
    return this.#fields.content
  }

  get sentAt(): number {
    return this.#fields.sentAt
  }

  get details(): Uint8Array | undefined {
    return this.#fields.encodedDetails
  }

  get change(): Uint8Array | undefined {
    return this.#fields.encodedChange
  }

  get sendAt(): number | undefined {
    return this.#fields.sendAt
  }

  get due(): boolean {
    return this.#fields.due
  }

  get system(): boolean {
    return this.#fields.system === true
  }

  get session(): Session | undefined {
    return this.#fields.from?.session
  }

  /** Of memory, while it waits. */
  get bytes(): number {
    return this.sentBytes + OVERHEAD_BYTES
  }

  get sentBytes(): number {
    return this.content.length + (this.details?.length ?? 0) + (this.change?.length ?? 0)
  }

  get cost(): number {
    return this.#fields.cost
  }

  get isJudged(): boolean {
    const { change } = this.#fields
    return !change || change.edit !== undefined || change.react !== undefined || change.contact?.step === ContactStep.REQUEST
  }

  get isGone(): boolean {
    return this.#fields.from?.session.connection.isOpen === false
  }

  /** Takes it to the log, by way of the policy where there is one. Throws RequestError. */
  begin(): void {
    const { policy, intake } = this.#parts
    const target = this.target
    const { from } = this.#fields
    if (from) intake.checkRoom(this.sender, from.session.connection)
    if (policy && target.kind === 'fixed' && target.recipient !== this.sender) policy.judge(this, target.recipient)
    else this.proceed()
  }

  proceed(): void {
    const { log, intake, committed } = this.#parts
    committed.expects(this.target)
    this.#load = { bytes: this.bytes, microseconds: this.cost }
    intake.took(this.sender, this.#load, this.#fields.from?.session.connection)
    log.append(this)
  }

  /** S2 and R1: only now, with the entry on disk, does anybody hear of it. */
  settled(outcome: AppendOutcome): void {
    const { metrics, committed } = this.#parts
    if (outcome.kind !== 'stored' || this.target.kind === 'fixed') this.#over()
    switch (outcome.kind) {
      case 'stored':
        this.#acknowledge(outcome, false)
        metrics.totals.messagesStored++
        return committed.take(this.#message(outcome), outcome.follows, this)
      case 'duplicate':
        this.#acknowledge(outcome, true)
        metrics.totals.messagesRepeated++
        return
      case 'scheduled':
        committed.scheduled(outcome.sendAt)
        return this.#acknowledge({ seq: 0, messageId: '', sentAt: 0, digest: 0 }, outcome.duplicate, outcome.sendAt)
      case 'conflict':
        return this.refuse(
          new RequestError('message_id_conflict', `"${this.clientMessageId}" was used for another message.`, {
            field: 'client_message_id',
          }),
        )
      case 'refused':
        return this.refuse(refusal(outcome))
      case 'failed':
        this.#parts.logger.debug({ err: outcome.cause }, 'append failed') // the fault itself is logged once, by server.ts
        return this.refuse(new RequestError('storage_unavailable', 'The message could not be stored.', { retryAfterMs: STORAGE_RETRY_MS }))
    }
  }

  #acknowledge(
    { seq, messageId, sentAt, digest }: { seq: number; messageId: string; sentAt: number; digest: number },
    duplicate: boolean,
    scheduledFor?: number,
  ): void {
    const { from } = this.#fields
    from?.session.connection.send(Command.SEND_ACK, from.requestId, {
      conversationId: this.conversationId,
      seq,
      messageId,
      sentAt,
      durability: Durability.FSYNCED,
      duplicate,
      digest,
      scheduledFor,
    })
  }

  refuse(error: RequestError): void {
    const { from } = this.#fields
    from?.session.connection.refuse(from.requestId, error)
  }

  /** A delivery to many is under way until it is done. */
  queued(microseconds: number): void {
    this.#parts.intake.grew(this.sender, microseconds)
    this.#load = { bytes: this.#load.bytes, microseconds: this.#load.microseconds + microseconds }
  }

  delivered(receivers: number): void {
    this.#fields.from?.session.user.loopTime.charge(deliveryMs(receivers, this.sentBytes))
    if (this.target.kind === 'group') this.#over()
  }

  #over(): void {
    this.#parts.intake.settled(this.sender, this.#load)
  }

  #message({ seq, messageId, digest }: Stored): Message {
    const { conversationId, sender, clientMessageId, sentAt, contentType, content } = this
    const { details, change } = this.#fields
    return { conversationId, seq, messageId, sender, clientMessageId, sentAt, contentType, content, digest, details, change }
  }
}

function refusal({ code, message, field, retryAfterMs }: Refused): RequestError {
  return new RequestError(code, message, { field, retryAfterMs })
}
