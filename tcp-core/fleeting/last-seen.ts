import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { LastSeenAt, LogStore } from '../log/log-store.ts'

/** Whoever goes in this time is stored together. */
const MERGE_MS = 5000
/** After the log did not take them. */
const RETRY_MS = 5000
/** Of one transaction: a few milliseconds. */
const AT_ONCE = 1000

/** When users were last online, stored in batches off the hot path; a crash forgets at most the last of them. */
export class LastSeen {
  readonly #log: LogStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #waiting = new Map<string, number>()
  #cancelTimer: (() => void) | undefined

  constructor(services: { log: LogStore; clock: Clock; logger: Logger }) {
    this.#log = services.log
    this.#clock = services.clock
    this.#logger = services.logger
  }

  /** What waits to be stored. */
  get size(): number {
    return this.#waiting.size
  }

  note(userId: string, at: number): void {
    this.#waiting.set(userId, at)
    this.#cancelTimer ??= this.#clock.after(MERGE_MS, () => void this.flush())
  }

  /** What the log was not told yet; 0 where there is nothing. */
  waiting(userId: string): number {
    return this.#waiting.get(userId) ?? 0
  }

  /** Stores what waits. What the log does not take now is tried again later. */
  async flush(): Promise<void> {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    while (this.#waiting.size > 0) {
      const batch = this.#take()
      try {
        await this.#log.seen(batch)
      } catch (error) {
        this.#logger.debug({ err: error }, 'when users were last online was not stored')
        for (const { userId, at } of batch) this.#waiting.set(userId, Math.max(at, this.waiting(userId)))
        this.#cancelTimer ??= this.#clock.after(RETRY_MS, () => void this.flush())
        return
      }
    }
  }

  #take(): LastSeenAt[] {
    const batch: LastSeenAt[] = []
    for (const [userId, at] of this.#waiting) {
      if (batch.length === AT_ONCE) break
      batch.push({ userId, at })
      this.#waiting.delete(userId)
    }
    return batch
  }
}
