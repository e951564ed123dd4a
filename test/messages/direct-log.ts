import type { ErrorName } from '../../shared/codes.ts'
import { directConversationId, ownConversationId } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import {
  type Change,
  type Conversation,
  type Details,
  Direction,
  type Message,
  type MessageList,
  readAnswer,
  readSyncAck,
  type SearchQuery,
  writeChange,
  writeDetails,
} from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { StoredOutcome } from '../../tcp-core/log/append-batch.ts'
import { DEFAULT_LOG_RULES, type LogRules } from '../../tcp-core/log/log-rules.ts'
import { SqliteLog } from '../../tcp-core/log/sqlite/sqlite-log.ts'

const writer = new ProtobufWriter()

const NO_DETAILS: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: 0 }

interface More {
  readonly id?: string
  readonly contentType?: string
  readonly details?: Partial<Details>
  readonly sendAt?: number
  readonly due?: boolean
}

/** A log without its thread, on a clock that the test turns; each entry is a second after the one before. */
export class DirectLog {
  readonly log: SqliteLog
  now = 1_000_000
  #ids = 0

  constructor(path = ':memory:', rules: Partial<LogRules> = {}) {
    this.log = new SqliteLog(path, { ...DEFAULT_LOG_RULES, ...rules }, () => this.now)
  }

  /** A message to a user, or to a conversation by its id. Gives its seq. */
  say(sender: string, to: string, text: string, more: More = {}): number {
    return placed(this.send(sender, to, text, more))
  }

  send(sender: string, to: string, text: string, more: More = {}): StoredOutcome {
    this.now += 1000
    const details = more.details && encoded(writeDetails, { ...NO_DETAILS, ...more.details })
    return this.#append(sender, to, more.id, {
      contentType: more.contentType ?? 'text/plain',
      content: Buffer.from(text),
      details,
      sendAt: more.sendAt,
      due: more.due ?? false,
    })
  }

  /** Something done. Gives its seq. */
  change(sender: string, to: string, change: Change): number {
    this.now += 1000
    return placed(
      this.#append(sender, to, undefined, {
        contentType: '',
        content: new Uint8Array(0),
        change: encoded(writeChange, change),
        due: false,
        details: undefined,
        sendAt: undefined,
      }),
    )
  }

  create(owner: string, group: string, members: string[], settings?: NonNullable<Change['create']>['settings']): number {
    return this.change(owner, group, { create: { name: group, description: '', avatar: '', attributes: [], members, settings } })
  }

  edit(sender: string, to: string, seq: number, text: string): number {
    return this.change(sender, to, { edit: { seq, contentType: 'text/plain', content: Buffer.from(text) } })
  }

  search(userId: string, query: string | Partial<SearchQuery>): MessageList {
    const asked = typeof query === 'string' ? { text: query } : query
    const search = { text: '', conversationId: '', sender: '', sentFrom: 0, sentBefore: 0, cursor: '', limit: 0, ...asked }
    const answer = this.log.reads.query(userId, { search })
    return readAnswer(new ProtobufReader(answer)).messages ?? { messages: [], nextCursor: '' }
  }

  /** The texts that are found, the latest first. */
  found(userId: string, query: string | Partial<SearchQuery>): string[] {
    return this.search(userId, query).messages.map(textOf)
  }

  page(userId: string, to: string): Message[] {
    const conversationId = idOf(userId, to)
    const query = { userId, conversationId, direction: Direction.FORWARD, fromSeq: 0, limit: 200, epoch: 0, digest: 0 }
    return readSyncAck(new ProtobufReader(this.log.reads.page(query).syncAck)).page?.messages ?? []
  }

  list(userId: string): Conversation[] {
    return readSyncAck(new ProtobufReader(this.log.reads.list(userId, '', 500))).list?.conversations ?? []
  }

  #append(
    sender: string,
    to: string,
    id: string | undefined,
    fields: Omit<Parameters<SqliteLog['append']>[0][number], 'sender' | 'conversationId' | 'clientMessageId' | 'sentAt'>,
  ): StoredOutcome {
    const clientMessageId = id ?? `id-${++this.#ids}`
    const [outcome] = this.log.append([{ ...fields, sender, conversationId: idOf(sender, to), clientMessageId, sentAt: this.now }])
    if (!outcome) throw new Error('the log gave no outcome')
    return outcome
  }
}

export const textOf = (message: Message): string => Buffer.from(message.content).toString()

/** The code with which a request is refused, and the field it names. */
export function refusal(work: () => unknown): { code: ErrorName; field: string } | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return { code: error.code, field: error.field }
  }
}

function idOf(user: string, to: string): string {
  if (to === 'own') return ownConversationId(user)
  return to.includes('/') ? to : directConversationId(user, to)
}

function placed(outcome: StoredOutcome): number {
  if (outcome.kind !== 'stored') throw new Error(`not stored: ${JSON.stringify(outcome)}`)
  return outcome.seq
}

function encoded<T>(write: (writer: ProtobufWriter, body: T) => void, body: T): Uint8Array {
  writer.reset()
  write(writer, body)
  return writer.finishAlone()
}
