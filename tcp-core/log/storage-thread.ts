import { parentPort, workerData } from 'node:worker_threads'
import { RequestError } from '../../shared/errors.ts'
import { decodeAppends, encodeOutcomes } from './append-batch.ts'
import { encodeAudience } from './audience-block.ts'
import type { LogRules } from './log-rules.ts'
import { ReopeningLog } from './reopening-log.ts'
import { SearchIndexer } from './search-indexer.ts'
import { StorageError } from './storage-fault.ts'
import type { StorageReply, StorageRequest } from './threaded-log.ts'

/** The storage thread: everything that may wait for the disk, off the event loop. */
if (!parentPort) throw new Error('storage-thread.ts runs in a worker thread')
const port = parentPort
const { path, rules } = workerData as { path: string; rules: LogRules }

const log = new ReopeningLog(path, rules)
const indexer = rules.search === 'on' ? new SearchIndexer(() => log.run((open) => open.index())) : undefined
port.postMessage({ id: 0, result: log.identity } satisfies StorageReply)

port.on('message', (request: StorageRequest) => {
  try {
    const result = answer(request)
    const moved = result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : []
    port.postMessage({ id: request.id, result } satisfies StorageReply, moved)
  } catch (error) {
    if (error instanceof RequestError) {
      const { code, message, field, retryAfterMs } = error
      return port.postMessage({ id: request.id, refusal: { code, message, field, retryAfterMs } } satisfies StorageReply)
    }
    const { message } = error as Error
    const fault = error instanceof StorageError ? error.fault : ({ kind: 'failed', message } as const)
    port.postMessage({ id: request.id, fault } satisfies StorageReply)
  }
  if (request.op === 'close') port.close()
})

function answer(request: StorageRequest): unknown {
  switch (request.op) {
    case 'append': {
      const appends = decodeAppends(request.appends)
      indexer?.appended(appends.length)
      return encodeOutcomes(log.run((open) => open.append(appends)))
    }
    case 'page':
      return log.run((open) => open.reads.page(request.query))
    case 'list':
      return log.run((open) => open.reads.list(request.userId, request.cursor, request.limit))
    case 'query':
      return log.run((open) => open.queries.answer(request.userId, request.query))
    case 'audience':
      return encodeAudience(log.run((open) => open.reads.audience(request.conversationId)))
    case 'sights':
      return log.run((open) => open.presence.sights(request.pairs))
    case 'blocks':
      return log.run((open) => open.presence.blocks(request.users))
    case 'seen':
      return log.run((open) => open.seen(request.users))
    case 'due-sends':
      return log.run((open) => open.dueSends(request.now))
    case 'next-due':
      return log.run((open) => open.nextDue())
    case 'drop-scheduled':
      return log.run((open) => open.dropScheduled(request.sender, request.clientMessageId))
    case 'expire-messages':
      return log.run((open) => open.expireMessages(request.now))
    case 'find':
      return log.run((open) => open.reads.find(request.messageId))
    case 'advance':
      return log.run((open) => open.advance(request.positions))
    case 'expire-ids':
      return log.run((open) => open.expireIds(request.sentBefore, request.limit))
    case 'probe':
      return log.probe()
    case 'close':
      indexer?.stop()
      return log.close()
  }
}
