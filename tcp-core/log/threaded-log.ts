import { Worker } from 'node:worker_threads'
import type { ErrorName } from '../../shared/codes.ts'
import { RequestError } from '../../shared/errors.ts'
import { decodeOutcomes, encodeAppends } from './append-batch.ts'
import { decodeAudience } from './audience-block.ts'
import { FaultWatch } from './fault-watch.ts'
import type { LogIdentity } from './log-identity.ts'
import { DEFAULT_LOG_RULES, type LogRules } from './log-rules.ts'
import type {
  Append,
  AppendOutcome,
  Audience,
  BackupReport,
  LastSeenAt,
  LogStore,
  MemberPosition,
  PageQuery,
  PageResult,
  Sight,
  SightPair,
  StoredMessage,
  VerifyReport,
} from './log-store.ts'
import { runMaintenance } from './maintenance.ts'
import type { DueSend } from './state/scheduled-table.ts'
import { StorageError, type StorageFault } from './storage-fault.ts'

type Operation =
  | { op: 'append'; appends: Uint8Array }
  | { op: 'page'; query: PageQuery }
  | { op: 'list'; userId: string; cursor: string; limit: number }
  | { op: 'query'; userId: string; query: Uint8Array }
  | { op: 'audience'; conversationId: string }
  | { op: 'sights'; pairs: readonly SightPair[] }
  | { op: 'blocks'; users: readonly string[] }
  | { op: 'seen'; users: readonly LastSeenAt[] }
  | { op: 'due-sends'; now: number }
  | { op: 'next-due' }
  | { op: 'drop-scheduled'; sender: string; clientMessageId: string }
  | { op: 'expire-messages'; now: number }
  | { op: 'find'; messageId: string }
  | { op: 'advance'; positions: readonly MemberPosition[] }
  | { op: 'expire-ids'; sentBefore: number; limit: number }
  | { op: 'probe' }
  | { op: 'close' }
export type StorageRequest = { id: number } & Operation
export type StorageReply = { id: number; result: unknown } | { id: number; fault: StorageFault } | { id: number; refusal: Refusal }

/** A RequestError on its way between the threads. */
export interface Refusal {
  readonly code: ErrorName
  readonly message: string
  readonly field: string
  readonly retryAfterMs: number
}

/** One transaction holds at most this many messages and about this many bytes, so that no commit takes long. */
const BATCH_MESSAGES = 2000
const BATCH_BYTES = 4 * 1024 * 1024
/** Keys that expire in one transaction: some milliseconds. */
const EXPIRE_AT_ONCE = 1000

interface Waiter {
  resolve(result: unknown): void
  reject(error: StorageError | RequestError): void
}

/** What the log tells its owner. */
export interface LogHandlers {
  /** The storage thread ended by itself: the log is no more. */
  died(error: Error): void
  /** A fault began, changed or, with undefined, is over. */
  faultChanged(fault: StorageFault | undefined): void
}

/**
 * The log behind the storage thread. Group commit without a timer: what arrives while one
 * batch is being stored becomes the next, so a lone message goes at once and a flood in
 * batches as large as the disk makes them.
 */
export class ThreadedLog implements LogStore {
  /** When the backup was made that this log was just restored from. */
  readonly restoredFrom: string | undefined
  readonly #path: string
  readonly #worker: Worker
  readonly #watch: FaultWatch
  readonly #waiters = new Map<number, Waiter>()
  #nextId = 1
  #queue: Append[] = []
  /** Parts of a batch that was hit by a corrupt page; before the queue. */
  #parts: (readonly Append[])[] = []
  #inFlight: readonly Append[] = []
  #scheduled = false
  #closing: Promise<void> | undefined
  #idle: (() => void) | undefined

  private constructor(path: string, worker: Worker, identity: LogIdentity, handlers: LogHandlers) {
    this.#path = path
    this.#worker = worker
    this.#watch = new FaultWatch(() => this.#ask({ op: 'probe' }), handlers.faultChanged)
    this.restoredFrom = identity.restoredFrom
    worker.on('message', (reply: StorageReply) => this.#replied(reply))
  }

  /** Opens the log at `path`. Rejects with the database's error. */
  static async open(path: string, handlers: LogHandlers, rules: LogRules = DEFAULT_LOG_RULES): Promise<ThreadedLog> {
    const file = import.meta.url.endsWith('.ts') ? './storage-thread.ts' : './storage-thread.js'
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { path, rules } })
    const { promise, resolve, reject } = Promise.withResolvers<{ result: LogIdentity }>()
    worker.once('message', resolve)
    worker.once('error', reject)
    const { result: identity } = await promise
    worker.off('error', reject)
    worker.on('error', (error) => handlers.died(error as Error))
    return new ThreadedLog(path, worker, identity, handlers)
  }

  get fault(): StorageFault | undefined {
    return this.#watch.fault
  }

  append(message: Append): void {
    if (this.#closing !== undefined) return message.settled({ kind: 'failed', cause: new Error('the log is closing') })
    this.#queue.push(message)
    if (this.#scheduled || this.#inFlight.length > 0) return
    this.#scheduled = true
    // After the current turn of the event loop, so that what was read in it goes together.
    setImmediate(() => this.#commit())
  }

  page(query: PageQuery): Promise<PageResult> {
    return this.#ask({ op: 'page', query }) as Promise<PageResult>
  }

  list(userId: string, cursor: string, limit: number): Promise<Uint8Array> {
    return this.#ask({ op: 'list', userId, cursor, limit }) as Promise<Uint8Array>
  }

  query(userId: string, query: Uint8Array): Promise<Uint8Array> {
    return this.#ask({ op: 'query', userId, query }) as Promise<Uint8Array>
  }

  async audience(conversationId: string): Promise<readonly Audience[]> {
    return decodeAudience((await this.#ask({ op: 'audience', conversationId })) as Uint8Array)
  }

  sights(pairs: readonly SightPair[]): Promise<readonly (Sight | undefined)[]> {
    return this.#ask({ op: 'sights', pairs }) as Promise<readonly (Sight | undefined)[]>
  }

  blocks(users: readonly string[]): Promise<readonly (readonly string[])[]> {
    return this.#ask({ op: 'blocks', users }) as Promise<readonly (readonly string[])[]>
  }

  seen(users: readonly LastSeenAt[]): Promise<void> {
    return this.#ask({ op: 'seen', users }) as Promise<void>
  }

  dueSends(now: number): Promise<readonly DueSend[]> {
    return this.#ask({ op: 'due-sends', now }) as Promise<readonly DueSend[]>
  }

  nextDue(): Promise<number | undefined> {
    return this.#ask({ op: 'next-due' }) as Promise<number | undefined>
  }

  dropScheduled(sender: string, clientMessageId: string): Promise<void> {
    return this.#ask({ op: 'drop-scheduled', sender, clientMessageId }) as Promise<void>
  }

  /** A little at a time between other work. */
  async expireMessages(now: number): Promise<void> {
    while (this.#closing === undefined && (await this.#ask({ op: 'expire-messages', now })));
  }

  find(messageId: string): Promise<StoredMessage | undefined> {
    return this.#ask({ op: 'find', messageId }) as Promise<StoredMessage | undefined>
  }

  advance(positions: readonly MemberPosition[]): Promise<MemberPosition[]> {
    return this.#ask({ op: 'advance', positions }) as Promise<MemberPosition[]>
  }

  /** Forgets the idempotency keys of messages sent before this, a little at a time between other work. */
  async expireIds(sentBefore: number): Promise<void> {
    while (this.#closing === undefined && (await this.#ask({ op: 'expire-ids', sentBefore, limit: EXPIRE_AT_ONCE })));
  }

  backup(to: string): Promise<BackupReport> {
    return runMaintenance({ op: 'backup', path: this.#path, to })
  }

  verify(): Promise<VerifyReport> {
    return runMaintenance({ op: 'verify', path: this.#path })
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  async #finish(): Promise<void> {
    while (this.#queue.length > 0 || this.#inFlight.length > 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#idle = resolve
      await promise
    }
    this.#watch.stop()
    await this.#ask({ op: 'close' }).catch(() => {}) // all is stored or was said to have failed
    await this.#worker.terminate()
  }

  #commit(): void {
    this.#scheduled = false
    const batch = this.#parts.shift() ?? this.#takeBatch()
    if (batch.length === 0) return
    this.#inFlight = batch
    const appends = encodeAppends(batch)
    this.#request({ op: 'append', appends }, [appends.buffer as ArrayBuffer], {
      resolve: (result) => this.#committed(batch, decodeOutcomes(result as Uint8Array)),
      reject: (cause) => this.#failed(batch, cause),
    })
  }

  /** A corrupt page costs the messages that need it: the batch is tried again in halves. A full disk costs all. */
  #failed(batch: readonly Append[], cause: StorageError | RequestError): void {
    if (!(cause instanceof StorageError) || cause.fault.kind !== 'corrupt' || batch.length === 1) {
      return this.#committed(
        batch,
        batch.map(() => ({ kind: 'failed', cause }) as const),
      )
    }
    const half = batch.length >> 1
    this.#parts.unshift(batch.slice(0, half), batch.slice(half))
    this.#commit()
  }

  /** Starts the next batch first: the disk works while the acks and deliveries of this one go out. */
  #committed(batch: readonly Append[], outcomes: readonly AppendOutcome[]): void {
    this.#inFlight = []
    this.#commit()
    for (let i = 0; i < batch.length; i++) batch[i]?.settled(outcomes[i] as AppendOutcome)
    if (this.#queue.length === 0 && this.#inFlight.length === 0) this.#idle?.()
  }

  #takeBatch(): readonly Append[] {
    let count = 0
    let bytes = 0
    while (count < this.#queue.length && count < BATCH_MESSAGES && bytes < BATCH_BYTES) {
      bytes += this.#queue[count]?.content.length ?? 0
      count++
    }
    if (count === this.#queue.length) {
      const all = this.#queue
      this.#queue = []
      return all
    }
    return this.#queue.splice(0, count)
  }

  #ask(operation: Operation): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#request(operation, [], { resolve, reject })
    return promise
  }

  #request(operation: Operation, transfer: ArrayBuffer[], waiter: Waiter): void {
    const id = this.#nextId++
    this.#waiters.set(id, waiter)
    this.#worker.postMessage({ id, ...operation } satisfies StorageRequest, transfer)
  }

  #replied(reply: StorageReply): void {
    const waiter = this.#waiters.get(reply.id)
    this.#waiters.delete(reply.id)
    if ('refusal' in reply) {
      const { code, message, field, retryAfterMs } = reply.refusal
      waiter?.reject(new RequestError(code, message, { field, retryAfterMs }))
    } else if ('fault' in reply) {
      this.#watch.saw(reply.fault)
      waiter?.reject(new StorageError(reply.fault))
    } else waiter?.resolve(reply.result)
  }
}
