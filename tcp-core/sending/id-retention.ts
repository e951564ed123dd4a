import type { Logger } from 'pino'
import type { LogStore } from '../log/log-store.ts'
import type { Clock } from '../time/clock.ts'

const DAY_MS = 86_400_000
const EVERY_MS = 3_600_000

/** From now on forgets client message ids that are older than so many days (S3), at once and every hour. */
export function keepIdsFor(days: number, services: { log: LogStore; clock: Clock; logger: Logger }): void {
  const { log, clock, logger } = services
  log.expireIds(clock.now() - days * DAY_MS).catch((error: unknown) => {
    logger.warn({ err: error }, 'old message ids were not forgotten')
  })
  clock.after(EVERY_MS, () => keepIdsFor(days, services))
}
