import type { ErrorName } from '../shared/codes.ts'
import type { RequestError } from '../shared/errors.ts'
import { writeDetails } from '../shared/gen/hawser.ts'
import { ProtobufWriter } from '../shared/protobuf-writer.ts'
import type { Core } from './core.ts'
import { appendCost } from './log/append-cost.ts'
import type { AppendOutcome } from './log/log-store.ts'
import type { DueSend } from './log/state/scheduled-table.ts'
import { PendingSend } from './pending-send.ts'
import { targetOf } from './send-target.ts'

/** What may be otherwise a little later: the message stays scheduled. */
const PASSING: ReadonlySet<ErrorName> = new Set<ErrorName>(['storage_unavailable', 'internal_error', 'rate_limited'])
const writer = new ProtobufWriter()

/** S6: a message whose time has come. Nobody waits for its ack, and all of its sender's sessions get it. */
export class ScheduledSend extends PendingSend {
  /** Whether it is scheduled no more: sent, or refused for good. */
  readonly isOver: Promise<boolean>
  readonly #core: Core
  readonly #resolve: (isOver: boolean) => void

  constructor(core: Core, { sender, send }: DueSend) {
    super(core, targetOf(sender, send), {
      sender,
      clientMessageId: send.clientMessageId,
      contentType: send.contentType,
      content: send.content,
      sentAt: core.clock.now(),
      details: send.details,
      change: undefined,
      encodedDetails: send.details && encodedDetails(send.details),
      encodedChange: undefined,
      sendAt: undefined,
      due: true,
      cost: appendCost(send.content, send.details, undefined),
      from: undefined,
    })
    this.#core = core
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.isOver = promise
    this.#resolve = resolve
  }

  override settled(outcome: AppendOutcome): void {
    super.settled(outcome)
    this.#resolve(outcome.kind !== 'failed')
  }

  override refuse(error: RequestError): void {
    const { logger, log } = this.#core
    const isOver = !PASSING.has(error.code)
    this.#resolve(isOver)
    if (!isOver) return
    const { sender, conversationId, clientMessageId } = this
    logger.info({ sender, conversationId, clientMessageId, code: error.code }, 'a scheduled message was refused')
    // The log has done so where its rules refused it.
    log.dropScheduled(sender, clientMessageId).catch((err: unknown) => logger.warn({ err }, 'a refused message stays scheduled'))
  }
}

function encodedDetails(details: Parameters<typeof writeDetails>[1]): Uint8Array {
  writer.reset()
  writeDetails(writer, details)
  return writer.finishAlone()
}
