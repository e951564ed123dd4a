import { parentPort, workerData } from 'node:worker_threads'
import { decodeAppends, encodeOutcomes } from './append-batch.ts'
import { SqliteLog } from './sqlite-log.ts'
import type { StorageReply, StorageRequest } from './threaded-log.ts'

/** The storage thread: everything that may wait for the disk, off the event loop. */
if (!parentPort) throw new Error('storage-thread.ts runs in a worker thread')
const port = parentPort
const { path } = workerData as { path: string }

const log = new SqliteLog(path)
port.postMessage({ id: 0, result: undefined } satisfies StorageReply)

port.on('message', (request: StorageRequest) => {
  try {
    const result = answer(request)
    const moved = result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : []
    port.postMessage({ id: request.id, result } satisfies StorageReply, moved)
  } catch (error) {
    port.postMessage({ id: request.id, error: error as Error } satisfies StorageReply)
  }
  if (request.op === 'close') port.close()
})

function answer(request: StorageRequest): unknown {
  switch (request.op) {
    case 'append':
      return encodeOutcomes(log.append(decodeAppends(request.appends)))
    case 'page':
      return log.reads.page(request.query)
    case 'list':
      return log.reads.list(request.userId, request.cursor, request.limit)
    case 'advance':
      return log.advance(request.positions)
    case 'close':
      return log.close()
  }
}
