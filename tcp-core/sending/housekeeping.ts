import { RequestError } from '../../shared/errors.ts'
import type { Core } from '../core.ts'
import type { DueSend } from '../log/state/scheduled-table.ts'
import { ScheduledSend } from './scheduled-send.ts'

const RETRY_MS = 1000

/**
 * From now on, when their time has come: messages that disappear are taken out of the log
 * (S5), and scheduled ones are sent (S6). Between two such times nothing is done.
 */
export function keepHouse(core: Core): void {
  const sweep = (): void => {
    sweepOnce(core).catch((error: unknown) => {
      // The core is stopping, and its log is closed: what is due is so at the next start.
      if (!core.alarm.isRunning) return
      core.logger.warn({ err: error }, 'what is due could not be done')
      core.alarm.set(core.clock.now() + RETRY_MS)
    })
  }
  core.alarm.start(sweep)
  // What was due while no core ran is due now.
  core.alarm.set(core.clock.now())
}

async function sweepOnce(core: Core): Promise<void> {
  const { log, clock, alarm } = core
  const now = clock.now()
  await log.expireMessages(now)
  while (await sendDue(core, now));
  const next = await log.nextDue()
  if (next !== undefined) alarm.set(next)
}

/** Says whether there may be more: as long as there are some, and all of them could be dealt with. */
async function sendDue(core: Core, now: number): Promise<boolean> {
  const due = await core.log.dueSends(now)
  const over = await Promise.all(due.map((message) => begin(core, message)))
  return due.length > 0 && over.every(Boolean)
}

function begin(core: Core, message: DueSend): Promise<boolean> {
  const send = new ScheduledSend(core, message)
  try {
    const banned = core.access.refusalOfUser(message.sender)
    if (banned !== undefined) throw new RequestError('forbidden', banned)
    send.begin()
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    send.refuse(error)
  }
  return send.isOver
}
