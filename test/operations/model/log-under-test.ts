import { RequestError } from '../../../shared/errors.ts'
import {
  type Answer,
  type Conversation,
  type Direction,
  type Page,
  type Query,
  readAnswer,
  readSyncAck,
  writeChange,
  writeDetails,
} from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../../shared/protobuf-writer.ts'
import type { AppendFields, StoredOutcome } from '../../../tcp-core/log/append-batch.ts'
import { MemoryTables } from '../../../tcp-core/log/memory/memory-tables.ts'
import { SqliteLog } from '../../../tcp-core/log/sqlite/sqlite-log.ts'
import { type Request, RULES } from './model.ts'

const NO_LIMIT = 200
const writer = new ProtobufWriter()

export const STORES = ['sqlite', 'memory'] as const
export type StoreName = (typeof STORES)[number]

const identity = { idPrefix: '00c0ffee', incarnation: 0, lastGivenId: 0, restoredFrom: undefined }

/** A log, asked the way the core asks it. */
export class LogUnderTest {
  readonly #log: SqliteLog | MemoryTables

  constructor(store: StoreName, now: () => number) {
    this.#log = store === 'sqlite' ? new SqliteLog(':memory:', RULES, now) : new MemoryTables(identity, RULES, now)
  }

  append(requests: readonly Request[]): StoredOutcome[] {
    return this.#log.append(requests.map(fields))
  }

  advance(userId: string, conversationId: string, { read, delivered }: { read: number; delivered: number }) {
    return this.#log.advance([{ userId, conversationId, readSeq: read, deliveredSeq: delivered }])[0]
  }

  expire(now: number): void {
    while (this.#log.expireMessages(now));
  }

  /** Undefined where the log says `conversation_unknown`. */
  page(userId: string, conversationId: string, direction: Direction, fromSeq: number, limit = NO_LIMIT): Page | undefined {
    return orUnknown(() => {
      const { syncAck } = this.#log.reads.page({ userId, conversationId, direction, fromSeq, limit, epoch: 0, digest: 0 })
      return readSyncAck(new ProtobufReader(syncAck)).page
    })
  }

  list(userId: string): Conversation[] {
    return readSyncAck(new ProtobufReader(this.#log.reads.list(userId, '', 500))).list?.conversations ?? []
  }

  /** A code where it is refused. */
  query(userId: string, query: Query): Answer | string {
    try {
      return readAnswer(new ProtobufReader(this.#log.reads.query(userId, query)))
    } catch (error) {
      if (error instanceof RequestError) return error.code
      throw error
    }
  }

  close(): void {
    if (this.#log instanceof SqliteLog) this.#log.close()
  }
}

function fields({ by, conversationId, clientMessageId, at, content, details, change }: Request): AppendFields {
  return {
    sender: by,
    conversationId,
    clientMessageId,
    contentType: change ? '' : 'text/plain',
    content: Buffer.from(content),
    sentAt: at,
    details: details && encoded(writeDetails, details),
    change: change && encoded(writeChange, change),
  }
}

function encoded<T>(write: (writer: ProtobufWriter, body: T) => void, body: T): Uint8Array {
  writer.reset()
  write(writer, body)
  return writer.finishAlone()
}

function orUnknown<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof RequestError && error.code === 'conversation_unknown') return undefined
    throw error
  }
}
