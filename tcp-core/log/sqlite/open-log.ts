import { statSync } from 'node:fs'
import type { Logger } from 'pino'
import { makePrivateFile } from '../../files/private-files.ts'
import type { LogRules } from '../log-rules.ts'
import { openingFault, refuseLostLog } from './opening-fault.ts'
import { ThreadedLog } from './threaded-log.ts'

export interface LogOpening {
  readonly path: string
  readonly rules: LogRules
  /** The folder has had a log. */
  readonly hadLog: boolean
  /** The operator's word that a missing log is to begin anew. */
  readonly mayBeNew: boolean
  readonly logger: Logger
  readonly died: (error: Error) => void
}

/** Opens a core's log, made if it never had one. Rejects with a FileFault. */
export async function openLog({ path, rules, hadLog, mayBeNew, logger, died }: LogOpening): Promise<ThreadedLog> {
  refuseLostLog(path, hadLog, mayBeNew)
  if (mayBeNew && hadLog && statSync(path, { throwIfNoEntry: false })?.size) {
    logger.warn('HAWSER_NEW_LOG is set although the log is there: take it away, or the next that is lost is begun anew without a word')
  }
  try {
    makePrivateFile(path)
    const log = await ThreadedLog.open(
      path,
      {
        died,
        faultChanged: (fault) => (fault ? logger.error({ fault }, 'the log cannot be relied on') : logger.info('the log is well again')),
      },
      rules,
    )
    if (log.restoredFrom) logger.warn({ backupOf: log.restoredFrom }, 'the log is a backup: every conversation has a new epoch')
    return log
  } catch (error) {
    throw openingFault(path, error)
  }
}
