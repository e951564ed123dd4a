import type { RequestError } from '../../shared/errors.ts'
import { type Change, writeChange } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import { appendCost } from '../log/append-cost.ts'
import type { AppendOutcome } from '../log/log-store.ts'
import { OPERATOR } from '../log/rules/refusals.ts'
import { PendingSend, type SendingParts } from './pending-send.ts'

const NOTHING = new Uint8Array(0)
const writer = new ProtobufWriter()

/** What an operator does to a group (G11): an entry like those of its members, of which he waits for the outcome. */
export class OperatorSend extends PendingSend {
  /** Rejects with the RequestError with which the rules refuse it. */
  readonly outcome: Promise<AppendOutcome>
  readonly #resolve: (outcome: AppendOutcome) => void
  readonly #reject: (error: RequestError) => void

  /** The same `id` twice is one entry. */
  constructor(parts: SendingParts, asked: { id: string; conversationId: string; change: Change }) {
    const { id: clientMessageId, conversationId, change } = asked
    writer.reset()
    writeChange(writer, change)
    super(
      parts,
      { kind: 'group', conversationId },
      {
        sender: OPERATOR,
        clientMessageId,
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
      },
    )
    const { promise, resolve, reject } = Promise.withResolvers<AppendOutcome>()
    this.outcome = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  override settled(outcome: AppendOutcome): void {
    super.settled(outcome)
    this.#resolve(outcome)
  }

  override refuse(error: RequestError): void {
    this.#reject(error)
  }
}
