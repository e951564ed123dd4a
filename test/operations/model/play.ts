import type { StoredOutcome } from '../../../tcp-core/log/append-batch.ts'
import { compareViews } from './compare.ts'
import { LogUnderTest, type StoreName } from './log-under-test.ts'
import { Model, type Outcome, type Request } from './model.ts'
import { same } from './same.ts'
import { Cast, type Step } from './steps.ts'

const START = 1_000_000

/** Plays a history to a log and to the model, and holds the one against the other wherever the history says so and at its end. */
export function play(
  steps: readonly Step[],
  look: (log: LogUnderTest, model: Model, cast: Cast) => void = compareViews,
  store: StoreName = 'sqlite',
): void {
  const history = new History(store)
  const { log } = history
  try {
    for (const [at, step] of steps.entries()) {
      history.take(step)
      if (step.kind === 'look' || at === steps.length - 1) {
        history.commit()
        look(log, history.model, history.cast)
      }
    }
  } finally {
    log.close()
  }
}

class History {
  readonly model = new Model()
  readonly cast = new Cast()
  readonly log: LogUnderTest
  /** What waits to be stored in one transaction, with what the model says of it. */
  #batch: { request: Request; outcome: Outcome }[] = []
  #now = START

  constructor(store: StoreName) {
    this.log = new LogUnderTest(store, () => this.#now)
  }

  take(step: Step): void {
    this.#pass(1000)
    const request = this.cast.request(step, this.model, this.#now)
    if (request) {
      this.#batch.push({ request, outcome: this.model.apply(request) })
      // Alone or with others: the log may store any number at a time.
      if (step.choice % 3 === 0) this.commit()
      return
    }
    this.commit()
    if (step.kind === 'wait') this.#pass(25_000)
    else if (step.kind === 'read' || step.kind === 'delivered') this.#advance(step)
  }

  #pass(milliseconds: number): void {
    const now = this.#now + milliseconds
    if (this.model.hasDue(now)) {
      this.commit()
      this.model.expire(now)
      this.log.expire(now)
    }
    this.#now = now
  }

  /** Stores what waits, and compares what came of each. */
  commit(): void {
    const batch = this.#batch
    this.#batch = []
    if (batch.length === 0) return
    const outcomes = this.log.append(batch.map(({ request }) => request))
    for (const [i, { request, outcome }] of batch.entries()) {
      same(
        told(outcomes[i]),
        expected(outcome),
        `${request.by} in ${request.conversationId}: ${JSON.stringify(request.change ?? 'message')}`,
      )
    }
    // A client that had no answer sends again (S3).
    const stored = [...batch.entries()].filter(([, { outcome }]) => 'entry' in outcome)
    const again = this.log.append(stored.map(([, { request }]) => request))
    for (const [i, [first]] of stored.entries()) {
      const { follows: _, ...place } = outcomes[first] as Extract<StoredOutcome, { kind: 'stored' }>
      same(again[i], { ...place, kind: 'duplicate' }, 'sent again')
    }
  }

  #advance(step: Step): void {
    const by = this.cast.user(step.by)
    const place = this.cast.place(step)
    const last = this.model.conversation(place)?.entries.length ?? 0
    const seq = Math.max(0, last - step.back + (step.choice % 4))
    const position = { read: step.kind === 'read' ? seq : 0, delivered: seq }
    const held = this.log.advance(by, place, position)
    const { read, delivered } = this.model.advance(by, place, position)
    same([held?.readSeq, held?.deliveredSeq], [read, delivered], `positions of ${by} in ${place}`)
  }
}

const told = (outcome: StoredOutcome | undefined) =>
  outcome?.kind === 'refused' ? outcome.code : outcome?.kind === 'stored' ? outcome.seq : outcome?.kind

const expected = (outcome: Outcome) => ('refused' in outcome ? outcome.refused : outcome.entry.seq)
