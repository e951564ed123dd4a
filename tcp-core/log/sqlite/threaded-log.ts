import type { RequestError } from '../../../shared/errors.ts'
import type { Query } from '../../../shared/gen/hawser.ts'
import { decodeOutcomes, encodeAppends } from '../append-batch.ts'
import { AppendQueue } from '../append-queue.ts'
import { decodeAudience } from '../audience-block.ts'
import { DEFAULT_LOG_RULES, type LogRules } from '../log-rules.ts'
import type {
  Append,
  AppendOutcome,
  AudiencePage,
  AudienceQuery,
  BackupReport,
  DueSend,
  LastSeenAt,
  LogStore,
  MemberPosition,
  PageQuery,
  PageResult,
  Sight,
  SightPair,
  StoredMessage,
  VerifyReport,
} from '../log-store.ts'
import type { WriteOperation } from '../operations.ts'
import { ReadPositions } from '../read-positions.ts'
import { StorageError, type StorageFault } from '../storage-fault.ts'
import { FaultWatch } from './fault-watch.ts'
import { LogThread } from './log-thread.ts'
import { runMaintenance } from './maintenance.ts'
import { ReadThreads } from './read-threads.ts'
import type { StorageHello } from './storage-thread.ts'

/** Keys that expire in one transaction: some milliseconds. */
const EXPIRE_AT_ONCE = 1000
/** Slices of the search index's work that a search waits for. */
const INDEX_FOR_SEARCH = 20

/** What the log tells its owner. */
export interface LogHandlers {
  /** A thread of the log ended by itself: the log is no more. */
  died(error: Error): void
  /** A fault began, changed or, with undefined, is over. */
  faultChanged(fault: StorageFault | undefined): void
}

interface Threads {
  readonly writer: LogThread<WriteOperation>
  readonly readers: ReadThreads
}

/**
 * The log in a file, behind a thread that writes and threads that read. Group commit without
 * a timer: what arrives while one batch is being stored becomes the next, so a lone message
 * goes at once and a flood in batches as large as the disk makes them.
 */
export class ThreadedLog implements LogStore {
  /** When the backup was made that this log was just restored from. */
  readonly restoredFrom: string | undefined
  readonly #path: string
  readonly #rules: LogRules
  readonly #writer: LogThread<WriteOperation>
  readonly #readers: ReadThreads
  readonly #watch: FaultWatch
  readonly #queue = new AppendQueue()
  readonly #positions = new ReadPositions()
  /** Parts of a batch that was hit by a corrupt page; before the queue. */
  #parts: (readonly Append[])[] = []
  #inFlight = false
  #scheduled = false
  /** The row of the last entry of the batch before the one that is being settled. */
  #settledUpTo: number
  #closing: Promise<void> | undefined
  #idle: (() => void) | undefined

  private constructor(path: string, rules: LogRules, hello: StorageHello, watch: FaultWatch, threads: Threads) {
    this.#path = path
    this.#rules = rules
    this.#writer = threads.writer
    this.#readers = threads.readers
    this.#watch = watch
    this.#settledUpTo = hello.lastMessage
    this.restoredFrom = hello.identity.restoredFrom
  }

  /** Opens the log at `path`. Rejects with the database's error. */
  static async open(path: string, handlers: LogHandlers, rules: LogRules = DEFAULT_LOG_RULES): Promise<ThreadedLog> {
    let threads: Threads | undefined
    // After a fault the file may be another one, which the readers would not notice.
    const probe = async (): Promise<void> => {
      // But while the log is missing nobody opens what lies in its place.
      if (watch.fault?.kind !== 'missing') await threads?.readers.release()
      await threads?.writer.ask({ op: 'probe' })
      await threads?.readers.release()
    }
    const watch = new FaultWatch(probe, handlers.faultChanged)
    const threadHandlers = { died: handlers.died, saw: (fault: StorageFault) => watch.saw(fault) }
    const { thread: writer, hello } = await LogThread.start<WriteOperation>('storage-thread', { path, rules }, threadHandlers)
    const readers = await ReadThreads.start(path, rules, threadHandlers).catch(async (error: unknown) => {
      await writer.terminate()
      throw error
    })
    threads = { writer, readers }
    return new ThreadedLog(path, rules, hello as StorageHello, watch, threads)
  }

  get fault(): StorageFault | undefined {
    return this.#watch.fault
  }

  append(message: Append): void {
    if (this.#closing !== undefined) return message.settled({ kind: 'failed', cause: new Error('the log is closing') })
    this.#queue.push(message)
    this.#schedule()
  }

  page(query: PageQuery): Promise<PageResult> {
    return this.#readers.ask({ op: 'page', query }) as Promise<PageResult>
  }

  list(userId: string, cursor: string, limit: number): Promise<Uint8Array> {
    return this.#readers.ask({ op: 'list', userId, cursor, limit }) as Promise<Uint8Array>
  }

  async query(userId: string, query: Query): Promise<Uint8Array> {
    if (query.search) await this.#indexForSearch()
    return this.#readers.ask({ op: 'query', userId, query }) as Promise<Uint8Array>
  }

  /** The cursor says what was settled when the first part was asked for, and the last member's row. */
  async audience({ conversationId, cursor, limit }: AudienceQuery): Promise<AudiencePage> {
    const [leftSince = 0, afterUser = 0] = cursor === '' ? [this.#settledUpTo] : cursor.split(' ').map(Number)
    const found = await this.#readers.ask({ op: 'audience', conversationId, afterUser, leftSince, limit })
    const { members, lastUser } = decodeAudience(found as Uint8Array)
    return { members, next: lastUser === 0 ? '' : `${leftSince} ${lastUser}` }
  }

  sights(pairs: readonly SightPair[]): Promise<readonly (Sight | undefined)[]> {
    return this.#readers.ask({ op: 'sights', pairs }) as Promise<readonly (Sight | undefined)[]>
  }

  blocks(users: readonly string[]): Promise<readonly (readonly string[])[]> {
    return this.#readers.ask({ op: 'blocks', users }) as Promise<readonly (readonly string[])[]>
  }

  find(messageId: string): Promise<StoredMessage | undefined> {
    return this.#readers.ask({ op: 'find', messageId }) as Promise<StoredMessage | undefined>
  }

  alive(at: number, came: readonly string[]): Promise<void> {
    return this.#writer.ask({ op: 'alive', at, came }) as Promise<void>
  }

  seen(users: readonly LastSeenAt[]): Promise<void> {
    return this.#writer.ask({ op: 'seen', users }) as Promise<void>
  }

  dueSends(now: number): Promise<readonly DueSend[]> {
    return this.#writer.ask({ op: 'due-sends', now }) as Promise<readonly DueSend[]>
  }

  nextDue(): Promise<number | undefined> {
    return this.#writer.ask({ op: 'next-due' }) as Promise<number | undefined>
  }

  /** A little at a time between other work. */
  async expireMessages(now: number): Promise<void> {
    while (this.#closing === undefined && (await this.#writer.ask({ op: 'expire-messages', now })));
  }

  /** Read positions are synced, and go with the next batch; delivered ones are not, and go by themselves. */
  advance(positions: readonly MemberPosition[]): Promise<MemberPosition[]> {
    const isRead = positions.some(({ readSeq }) => readSeq > 0)
    if (!isRead || this.#closing !== undefined) return this.#writer.ask({ op: 'advance', positions }) as Promise<MemberPosition[]>
    const held = this.#positions.add(positions)
    this.#schedule()
    return held
  }

  /** Forgets the idempotency keys of messages sent before this, a little at a time between other work. */
  async expireIds(sentBefore: number): Promise<void> {
    while (this.#closing === undefined && (await this.#writer.ask({ op: 'expire-ids', sentBefore, limit: EXPIRE_AT_ONCE })));
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
    if (this.#inFlight || this.#scheduled) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#idle = resolve
      await promise
    }
    this.#watch.stop()
    await this.#readers.close()
    await this.#writer.ask({ op: 'close' }).catch(() => {}) // all is stored or was said to have failed
    await this.#writer.terminate()
  }

  /** What was stored just now is found, too, unless the index is far behind. */
  async #indexForSearch(): Promise<void> {
    if (this.#rules.search === 'off') return
    try {
      for (let i = 0; i < INDEX_FOR_SEARCH && (await this.#writer.ask({ op: 'index' })); i++);
    } catch {
      // A log that cannot be written can be searched as far as it is indexed.
    }
  }

  /** A batch begins after the current turn of the event loop, so that what was read in it goes together; or when the one under way is stored. */
  #schedule(): void {
    if (this.#scheduled || this.#inFlight) return
    this.#scheduled = true
    setImmediate(() => this.#commit())
  }

  #commit(): void {
    this.#scheduled = false
    const batch = this.#parts.shift() ?? this.#queue.take()
    const read = this.#positions.take()
    this.#inFlight = batch.length > 0 || read.positions.length > 0
    if (!this.#inFlight) return this.#idle?.()
    const appends = encodeAppends(batch)
    this.#writer.request({ op: 'commit', appends, positions: read.positions }, [appends.buffer as ArrayBuffer], {
      resolve: (result) => {
        const { outcomes, held } = result as { outcomes: Uint8Array; held: MemberPosition[] }
        this.#committed(batch, decodeOutcomes(outcomes))
        read.resolve(held)
      },
      reject: (cause) => {
        this.#failed(batch, cause)
        read.reject(cause)
      },
    })
  }

  /** A corrupt page costs the messages that need it: the batch is tried again in halves. A full disk costs all. */
  #failed(batch: readonly Append[], cause: StorageError | RequestError): void {
    if (!(cause instanceof StorageError) || cause.fault.kind !== 'corrupt' || batch.length <= 1) {
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
    this.#commit()
    for (let i = 0; i < batch.length; i++) batch[i]?.settled(outcomes[i] as AppendOutcome)
    const last = outcomes.findLast((outcome) => outcome.kind === 'stored')
    if (last) this.#settledUpTo = rowOf(last.messageId)
  }
}

/** The row that a message's id names. */
function rowOf(messageId: string): number {
  return Number.parseInt(messageId.slice(messageId.indexOf('-') + 1), 36)
}
