import type { Query } from '../../shared/gen/hawser.ts'
import type { FairTurns } from '../limits/fair-turns.ts'
import type { LogStore, PageQuery, PageResult, Sight, SightPair } from '../log/log-store.ts'

/** Pairs of one question. */
const SIGHTS_AT_ONCE = 100

/** What users ask of the log, each in his turn: the log itself serves whoever asks first. */
export class UserReads {
  readonly #log: LogStore
  readonly #turns: FairTurns

  constructor(log: LogStore, turns: FairTurns) {
    this.#log = log
    this.#turns = turns
  }

  page(query: PageQuery): Promise<PageResult> {
    return this.#turns.run(
      query.userId,
      () => this.#log.page(query),
      ({ syncAck }) => syncAck.length,
    )
  }

  list(userId: string, cursor: string, limit: number): Promise<Uint8Array> {
    return this.#turns.run(userId, () => this.#log.list(userId, cursor, limit), lengthOf)
  }

  query(userId: string, query: Query): Promise<Uint8Array> {
    return this.#turns.run(userId, () => this.#log.query(userId, query), lengthOf)
  }

  /** For each pair what the watcher may see of the user, in the order of the call; some at a time, at the cost of `userId`. */
  async sights(userId: string, pairs: readonly SightPair[]): Promise<readonly (Sight | undefined)[]> {
    const sights: (Sight | undefined)[] = []
    while (sights.length < pairs.length) {
      const next = pairs.slice(sights.length, sights.length + SIGHTS_AT_ONCE)
      sights.push(...(await this.#turns.run(userId, () => this.#log.sights(next))))
    }
    return sights
  }
}

function lengthOf(answer: Uint8Array): number {
  return answer.length
}
