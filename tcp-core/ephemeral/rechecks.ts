import type { Logger } from 'pino'
import type { Sight, SightPair } from '../log/log-store.ts'
import type { Clock } from '../time/clock.ts'
import type { UserReads } from './user-reads.ts'

/** Of one question to the log. */
const AT_ONCE = 500
const RETRY_MS = 1000
/** At whose cost it asks: nobody's, but in turn with everybody. */
const NOBODY = ''

/** Pairs of a watcher and a user whose relation has changed: the log is asked again, a little at a time. */
export class Rechecks {
  readonly #reads: UserReads
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #found: (pair: SightPair, sight: Sight | undefined) => void
  readonly #waiting = new Map<string, SightPair>()
  #running = false

  constructor(services: { reads: UserReads; clock: Clock; logger: Logger }, found: (pair: SightPair, sight: Sight | undefined) => void) {
    this.#reads = services.reads
    this.#clock = services.clock
    this.#logger = services.logger
    this.#found = found
  }

  add(watcher: string, user: string): void {
    this.#waiting.set(`${watcher} ${user}`, { watcher, user })
    if (this.#running) return
    this.#running = true
    void this.#run()
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const pairs = this.#take()
      try {
        const sights = await this.#reads.sights(NOBODY, pairs)
        for (const [i, pair] of pairs.entries()) this.#found(pair, sights[i])
      } catch (error) {
        this.#logger.debug({ err: error }, 'who may see whom is not known for now')
        for (const pair of pairs) this.#waiting.set(`${pair.watcher} ${pair.user}`, pair)
        this.#clock.after(RETRY_MS, () => void this.#run())
        return
      }
    }
    this.#running = false
  }

  #take(): SightPair[] {
    const pairs: SightPair[] = []
    for (const [key, pair] of this.#waiting) {
      if (pairs.length === AT_ONCE) break
      pairs.push(pair)
      this.#waiting.delete(key)
    }
    return pairs
  }
}
