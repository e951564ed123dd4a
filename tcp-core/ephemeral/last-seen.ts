import type { Logger } from 'pino'
import type { LastSeenAt, LogStore } from '../log/log-store.ts'
import type { Clock } from '../time/clock.ts'

/** Whoever goes in this time is stored together. */
const MERGE_MS = 5000
/** After the log did not take them. */
const RETRY_MS = 5000
/** Of one transaction: a few milliseconds. */
const AT_ONCE = 1000

/** T2: so often the log is told who has come and that the core lives, while anybody is online. */
const ALIVE_MS = 10_000

/**
 * When users were last online, stored in batches off the hot path. Who is online is stored as
 * well, and when the core last lived: after a crash that is when they were last seen.
 */
export class LastSeen {
  readonly #log: LogStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #waiting = new Map<string, number>()
  /** Online, and the log does not know it yet. */
  readonly #came = new Set<string>()
  /** Online, as the log knows. */
  readonly #known = new Set<string>()
  #cancelAlive: (() => void) | undefined
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

  /** The user is online. */
  came(userId: string): void {
    if (!this.#known.has(userId)) this.#came.add(userId)
    this.#cancelAlive ??= this.#clock.after(ALIVE_MS, () => void this.#sayAlive())
  }

  /** The user is gone. */
  note(userId: string, at: number): void {
    this.#came.delete(userId)
    this.#known.delete(userId)
    if (this.#came.size === 0 && this.#known.size === 0) this.#stopAlive()
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

  async #sayAlive(): Promise<void> {
    // Whoever went and is back is stored as gone before he is stored as online.
    if (this.#waiting.size > 0) await this.flush()
    const came = [...this.#came].slice(0, AT_ONCE)
    for (const userId of came) {
      this.#came.delete(userId)
      this.#known.add(userId)
    }
    await this.#log.alive(this.#clock.now(), came).catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'who is online was not stored')
      for (const userId of came) if (this.#known.delete(userId)) this.#came.add(userId)
    })
    this.#stopAlive()
    if (this.#came.size === 0 && this.#known.size === 0) return
    const isMore = came.length === AT_ONCE
    this.#cancelAlive = this.#clock.after(isMore ? 0 : ALIVE_MS, () => void this.#sayAlive())
  }

  #stopAlive(): void {
    this.#cancelAlive?.()
    this.#cancelAlive = undefined
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
