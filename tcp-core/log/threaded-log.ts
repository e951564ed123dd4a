import { Worker } from 'node:worker_threads'
import { decodeOutcomes, encodeAppends } from './append-batch.ts'
import type { Append, AppendOutcome, LogStore, MemberPosition, PageQuery, PageResult } from './log-store.ts'

type Operation =
  | { op: 'append'; appends: Uint8Array }
  | { op: 'page'; query: PageQuery }
  | { op: 'list'; userId: string; cursor: string; limit: number }
  | { op: 'advance'; positions: readonly MemberPosition[] }
  | { op: 'close' }
export type StorageRequest = { id: number } & Operation
export type StorageReply = { id: number; result: unknown } | { id: number; error: Error }

/** One transaction holds at most this many messages and about this many bytes, so that no commit takes long. */
const BATCH_MESSAGES = 2000
const BATCH_BYTES = 4 * 1024 * 1024

interface Waiter {
  resolve(result: unknown): void
  reject(error: Error): void
}

/**
 * The log behind the storage thread. Group commit without a timer: what arrives while one
 * batch is being stored becomes the next, so a lone message goes at once and a flood in
 * batches as large as the disk makes them.
 */
export class ThreadedLog implements LogStore {
  readonly #worker: Worker
  readonly #waiters = new Map<number, Waiter>()
  #nextId = 1
  #queue: Append[] = []
  #inFlight: readonly Append[] = []
  #queuedBytes = 0
  #scheduled = false
  #closing: Promise<void> | undefined
  #idle: (() => void) | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (reply: StorageReply) => this.#replied(reply))
  }

  /** Opens the log at `path`. `onDeath` is called if the thread ever ends by itself. */
  static async open(path: string, onDeath: (error: Error) => void): Promise<ThreadedLog> {
    const file = import.meta.url.endsWith('.ts') ? './storage-thread.ts' : './storage-thread.js'
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { path } })
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    worker.once('message', resolve)
    worker.once('error', reject)
    await promise
    worker.off('error', reject)
    worker.on('error', onDeath)
    return new ThreadedLog(worker)
  }

  get pendingBytes(): number {
    return this.#queuedBytes
  }

  append(message: Append): void {
    if (this.#closing !== undefined) return message.settled({ kind: 'failed', cause: new Error('the log is closing') })
    this.#queue.push(message)
    this.#queuedBytes += message.content.length
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

  advance(positions: readonly MemberPosition[]): Promise<MemberPosition[]> {
    return this.#ask({ op: 'advance', positions }) as Promise<MemberPosition[]>
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
    await this.#ask({ op: 'close' })
    await this.#worker.terminate()
  }

  #commit(): void {
    this.#scheduled = false
    if (this.#queue.length === 0) return
    const batch = this.#takeBatch()
    this.#inFlight = batch
    const appends = encodeAppends(batch)
    this.#request({ op: 'append', appends }, [appends.buffer as ArrayBuffer], {
      resolve: (result) => this.#committed(batch, decodeOutcomes(result as Uint8Array)),
      reject: (cause) =>
        this.#committed(
          batch,
          batch.map(() => ({ kind: 'failed', cause }) as const),
        ),
    })
  }

  /** Starts the next batch first: the disk works while the acks and deliveries of this one go out. */
  #committed(batch: readonly Append[], outcomes: readonly AppendOutcome[]): void {
    this.#inFlight = []
    for (const message of batch) this.#queuedBytes -= message.content.length
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
    if ('error' in reply) waiter?.reject(reply.error)
    else waiter?.resolve(reply.result)
  }
}
