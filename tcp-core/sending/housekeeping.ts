import { RequestError } from '../../shared/errors.ts'
import type { AccessList } from '../limits/access-list.ts'
import type { DueSend } from '../log/log-store.ts'
import type { Alarm } from '../time/alarm.ts'
import type { SendingParts } from './pending-send.ts'
import { ScheduledSend } from './scheduled-send.ts'

const RETRY_MS = 1000

export interface HousekeepingParts extends SendingParts {
  /** Rings when something in the log is due. */
  readonly alarm: Alarm
  readonly access: AccessList
}

/**
 * From now on, when their time has come: messages that disappear are taken out of the log
 * (S5), and scheduled ones are sent (S6). Between two such times nothing is done.
 */
export function keepHouse(parts: HousekeepingParts): void {
  const sweep = (): void => {
    sweepOnce(parts).catch((error: unknown) => {
      // The core is stopping, and its log is closed: what is due is so at the next start.
      if (!parts.alarm.isRunning) return
      parts.logger.warn({ err: error }, 'what is due could not be done')
      parts.alarm.set(parts.clock.now() + RETRY_MS)
    })
  }
  parts.alarm.start(sweep)
  // What was due while no core ran is due now.
  parts.alarm.set(parts.clock.now())
}

async function sweepOnce(parts: HousekeepingParts): Promise<void> {
  const { log, clock, alarm } = parts
  const now = clock.now()
  await log.expireMessages(now)
  while (await sendDue(parts, now));
  const next = await log.nextDue()
  if (next !== undefined) alarm.set(next)
}

/** Says whether there may be more: as long as there are some, and all of them could be dealt with. */
async function sendDue(parts: HousekeepingParts, now: number): Promise<boolean> {
  const due = await parts.log.dueSends(now)
  const over = await Promise.all(due.map((message) => begin(parts, message)))
  return due.length > 0 && over.every(Boolean)
}

function begin(parts: HousekeepingParts, message: DueSend): Promise<boolean> {
  const send = new ScheduledSend(parts, message)
  try {
    const banned = parts.access.refusalOfUser(message.sender)
    if (banned !== undefined) throw new RequestError('forbidden', banned)
    send.begin()
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    send.refuse(error)
  }
  return send.isOver
}
