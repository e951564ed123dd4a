import { parentPort, workerData } from 'node:worker_threads'
import { decodeAppends, encodeOutcomes } from '../append-batch.ts'
import type { LogIdentity } from '../log-identity.ts'
import type { LogRules } from '../log-rules.ts'
import type { WriteOperation } from '../operations.ts'
import { serveOperations } from './log-thread.ts'
import { ReopeningLog } from './reopening-log.ts'
import { SearchIndexer } from './search-indexer.ts'
import { watchFiles } from './watch-files.ts'

/** The storage thread: everything that writes the log, and so may wait for the disk, off the event loop. */
if (!parentPort) throw new Error('storage-thread.ts runs in a worker thread')
const port = parentPort
const { path, rules } = workerData as { path: string; rules: LogRules }

/** What it says first. */
export interface StorageHello {
  readonly identity: LogIdentity
  /** The row of the last entry. */
  readonly lastMessage: number
}

const log = new ReopeningLog(path, rules)
endOnline()
const indexer = rules.search === 'on' ? new SearchIndexer(() => log.run((open) => open.index())) : undefined

serveOperations(port, { identity: log.identity, lastMessage: log.lastMessage } satisfies StorageHello, answer)
// No operation has this number: the fault alone is heard.
const stopWatching = watchFiles(log, (fault) => port.postMessage({ id: 0, fault }))

/** T2. A log that cannot be written is told by whoever needs it; this is done at the next start then. */
function endOnline(): void {
  try {
    log.run((open) => open.endOnline())
  } catch {}
}

function answer(operation: WriteOperation): unknown {
  switch (operation.op) {
    case 'commit': {
      const appends = decodeAppends(operation.appends)
      indexer?.appended(appends.length)
      const { outcomes, held } = log.run((open) => open.commit(appends, operation.positions))
      return { outcomes: encodeOutcomes(outcomes), held }
    }
    case 'advance':
      return log.run((open) => open.advance(operation.positions))
    case 'seen':
      return log.run((open) => open.seen(operation.users))
    case 'alive':
      return log.run((open) => open.alive(operation.at, operation.came))
    case 'due-sends':
      return log.read((open) => open.dueSends(operation.now))
    case 'next-due':
      return log.read((open) => open.nextDue())
    case 'expire-messages':
      return log.run((open) => open.expireMessages(operation.now))
    case 'expire-ids':
      return log.run((open) => open.expireIds(operation.sentBefore, operation.limit))
    case 'index':
      return log.run((open) => open.index())
    case 'probe':
      return log.probe()
    case 'close':
      indexer?.stop()
      stopWatching()
      log.close()
      // Ends the thread, once the answer is out.
      setImmediate(() => port.close())
      return undefined
  }
}
