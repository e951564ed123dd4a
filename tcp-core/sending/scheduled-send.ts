import { randomUUID } from 'node:crypto'
import type { ErrorName } from '../../shared/codes.ts'
import { ownConversationId } from '../../shared/conversation-id.ts'
import type { RequestError } from '../../shared/errors.ts'
import { type Unsent, writeChange, writeDetails } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import { appendCost } from '../log/append-cost.ts'
import type { AppendOutcome, DueSend } from '../log/log-store.ts'
import { targetOf } from '../sessions/send-target.ts'
import { PendingSend, type SendingParts } from './pending-send.ts'

/** What may be otherwise a little later. */
const PASSING: ReadonlySet<ErrorName> = new Set<ErrorName>(['storage_unavailable', 'internal_error', 'rate_limited'])
/** Of the first pause before the next try; each is twice the one before. */
const PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000
/** After its time; then it is its sender's to say what becomes of it. */
const TRIED_FOR_MS = 86_400_000
const NOTHING = new Uint8Array(0)
const writer = new ProtobufWriter()

/** S6: a message whose time has come. Nobody waits for its ack, and all of its sender's sessions get it. */
export class ScheduledSend extends PendingSend {
  /** Whether it is not due any more: it was sent, or its refusal is in the log. */
  readonly isOver: Promise<boolean>
  readonly #parts: SendingParts
  readonly #due: DueSend
  readonly #resolve: (isOver: boolean) => void

  constructor(parts: SendingParts, due: DueSend) {
    const { sender, send } = due
    super(parts, targetOf(sender, send), {
      sender,
      clientMessageId: send.clientMessageId,
      contentType: send.contentType,
      content: send.content,
      sentAt: parts.clock.now(),
      details: send.details,
      change: undefined,
      encodedDetails: send.details && encodedDetails(send.details),
      encodedChange: undefined,
      sendAt: undefined,
      due: true,
      cost: appendCost(send.content, send.details, undefined),
      from: undefined,
    })
    this.#parts = parts
    this.#due = due
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.isOver = promise
    this.#resolve = resolve
  }

  override settled(outcome: AppendOutcome): void {
    super.settled(outcome)
    if (outcome.kind === 'failed') this.#resolve(false)
    else if (outcome.kind !== 'refused' && outcome.kind !== 'conflict') this.#resolve(true)
  }

  /** S6: its sender learns of it on all devices, by an entry in his own conversation. */
  override refuse(error: RequestError): void {
    const { logger } = this.#parts
    const { sender, conversationId, clientMessageId } = this
    const nextTryAt = this.#nextTryAt(error)
    logger.info({ sender, conversationId, clientMessageId, code: error.code, nextTryAt }, 'a scheduled message was refused')
    // Without the log nothing can be kept of it: it is due as it was.
    if (error.code === 'storage_unavailable') return this.#resolve(false)
    const unsent = { clientMessageId, conversationId, code: error.code, message: error.message, nextTryAt }
    new Notice(this.#parts, sender, unsent, this.#resolve).begin()
  }

  /** 0 where nothing is to be hoped for, or it is too late by then. */
  #nextTryAt({ code, retryAfterMs }: RequestError): number {
    const now = this.#parts.clock.now()
    const { sendAt, tries } = this.#due
    const pause = Math.min(PAUSE_MS * 2 ** Math.min(tries, 10), LONGEST_PAUSE_MS)
    const at = code === 'muted' && retryAfterMs > 0 ? now + retryAfterMs : PASSING.has(code) ? now + pause : 0
    return at > sendAt + TRIED_FOR_MS ? 0 : at
  }
}

/** Says to the sender of a scheduled message that it was refused. */
class Notice extends PendingSend {
  readonly #said: (isStored: boolean) => void

  constructor(parts: SendingParts, sender: string, unsent: Unsent, said: (isStored: boolean) => void) {
    const change = { unsent }
    writer.reset()
    writeChange(writer, change)
    super(parts, targetOf(sender, { toUser: '', conversationId: ownConversationId(sender) }), {
      sender,
      clientMessageId: randomUUID(),
      contentType: '',
      content: NOTHING,
      sentAt: parts.clock.now(),
      details: undefined,
      change,
      encodedDetails: undefined,
      encodedChange: writer.finishAlone(),
      sendAt: undefined,
      due: false,
      system: true,
      cost: appendCost(NOTHING, undefined, change),
      from: undefined,
    })
    this.#said = said
  }

  override settled(outcome: AppendOutcome): void {
    super.settled(outcome)
    this.#said(outcome.kind === 'stored')
  }

  /** Nobody waits for it. */
  override refuse(): void {}
}

function encodedDetails(details: Parameters<typeof writeDetails>[1]): Uint8Array {
  writer.reset()
  writeDetails(writer, details)
  return writer.finishAlone()
}
