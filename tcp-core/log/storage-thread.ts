import { parentPort, workerData } from 'node:worker_threads'
import { decodeAppends, encodeOutcomes } from './append-batch.ts'
import { ReopeningLog } from './reopening-log.ts'
import { StorageError } from './storage-fault.ts'
import type { StorageReply, StorageRequest } from './threaded-log.ts'

/** The storage thread: everything that may wait for the disk, off the event loop. */
if (!parentPort) throw new Error('storage-thread.ts runs in a worker thread')
const port = parentPort
const { path } = workerData as { path: string }

const log = new ReopeningLog(path)
port.postMessage({ id: 0, result: log.identity } satisfies StorageReply)

port.on('message', (request: StorageRequest) => {
  try {
    const result = answer(request)
    const moved = result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : []
    port.postMessage({ id: request.id, result } satisfies StorageReply, moved)
  } catch (error) {
    const { message } = error as Error
    const fault = error instanceof StorageError ? error.fault : ({ kind: 'failed', message } as const)
    port.postMessage({ id: request.id, fault } satisfies StorageReply)
  }
  if (request.op === 'close') port.close()
})

function answer(request: StorageRequest): unknown {
  switch (request.op) {
    case 'append':
      return encodeOutcomes(log.run((open) => open.append(decodeAppends(request.appends))))
    case 'page':
      return log.run((open) => open.reads.page(request.query))
    case 'list':
      return log.run((open) => open.reads.list(request.userId, request.cursor, request.limit))
    case 'find':
      return log.run((open) => open.reads.find(request.messageId))
    case 'advance':
      return log.run((open) => open.advance(request.positions))
    case 'expire-ids':
      return log.run((open) => open.expireIds(request.sentBefore, request.limit))
    case 'probe':
      return log.probe()
    case 'close':
      return log.close()
  }
}
