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
import { SqliteLog } from '../../../tcp-core/log/sqlite/sqlite-log.ts'
import { type Request, RULES } from './model.ts'

const NO_LIMIT = 200
const writer = new ProtobufWriter()

/** The log in memory, asked the way the core asks it. */
export class LogUnderTest {
  readonly #log: SqliteLog

  constructor(now: () => number) {
    this.#log = new SqliteLog(':memory:', RULES, now)
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
    this.#log.close()
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
