import { parentPort, workerData } from 'node:worker_threads'
import { RequestError } from '../../../shared/errors.ts'
import { encodeAudience } from '../audience-block.ts'
import type { LogRules } from '../log-rules.ts'
import type { ReadOperation } from '../operations.ts'
import type { LogReads } from '../reads/log-reads.ts'
import { StorageError, storageFault } from '../storage-fault.ts'
import { LogReader } from './log-reader.ts'
import { serveOperations } from './log-thread.ts'

/** A thread that reads the log, off the event loop and beside the storage thread. */
if (!parentPort) throw new Error('reader-thread.ts runs in a worker thread')
const port = parentPort
const { path, rules } = workerData as { path: string; rules: LogRules }
let reader: LogReader | undefined = new LogReader(path, rules)

serveOperations(port, undefined, answer)

function answer(operation: ReadOperation): unknown {
  switch (operation.op) {
    case 'page':
      return read((reads) => reads.page(operation.query))
    case 'list':
      return read((reads) => reads.list(operation.userId, operation.cursor, operation.limit))
    case 'query':
      return read((reads) => reads.query(operation.userId, operation.query))
    case 'audience':
      return encodeAudience(read((reads) => reads.audience(operation)))
    case 'sights':
      return read((reads) => reads.sights(operation.pairs))
    case 'blocks':
      return read((reads) => reads.blocks(operation.users))
    case 'find':
      return read((reads) => reads.find(operation.messageId))
    case 'release':
      return release()
    case 'close':
      release()
      // Ends the thread, once the answer is out.
      setImmediate(() => port.close())
      return undefined
  }
}

function read<T>(work: (reads: LogReads) => T): T {
  try {
    reader ??= new LogReader(path, rules)
    return reader.snapshot(work)
  } catch (error) {
    if (error instanceof RequestError) throw error
    const fault = storageFault(error, path)
    // A corrupt page is so for every connection; after any other fault the file may be another one by now.
    if (fault.kind !== 'corrupt') release()
    throw new StorageError(fault)
  }
}

function release(): void {
  reader?.close()
  reader = undefined
}
