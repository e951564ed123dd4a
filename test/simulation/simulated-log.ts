import type { Append, AppendOutcome, MemberPosition, PageQuery, PageResult } from '../../tcp-core/log/log-store.ts'
import { StorageError, type StorageFault } from '../../tcp-core/log/storage-fault.ts'
import { encodeSyncAck, PlainLog, pageOf } from '../support/plain-log.ts'
import type { Kernel, MortalClock } from './kernel.ts'
import type { LogDisk } from './log-disk.ts'

const BATCH_MESSAGES = 2000

export interface DiskSpeed {
  readonly minFsyncMs: number
  readonly maxFsyncMs: number
}

/** What happens to the disk at the moment. */
export interface DiskState {
  fault: StorageFault | undefined
}

/**
 * The log of one life of the core on a simulated disk, with the storage thread's ways: work in
 * turn, group commit, and an answer only after the fsync. A crash takes what was not synced;
 * a batch under way is kept as a whole or not at all.
 */
export class SimulatedLog extends PlainLog {
  readonly disk: LogDisk
  readonly #kernel: Kernel
  readonly #clock: MortalClock
  readonly #state: DiskState
  readonly #speed: DiskSpeed
  #queue: Append[] = []
  #idle: () => void = () => {}
  #pending: readonly Append[] = []
  #scheduled = false
  #threadFreeAt = 0
  #lastReplyAt = 0
  /** Set while a batch is on its way to the disk. */
  #unsynced: readonly Append[] = []

  constructor(parts: { kernel: Kernel; clock: MortalClock; disk: LogDisk; state: DiskState; speed: DiskSpeed }) {
    super()
    this.#kernel = parts.kernel
    this.#clock = parts.clock
    this.disk = parts.disk
    this.#state = parts.state
    this.#speed = parts.speed
  }

  get fault(): StorageFault | undefined {
    return this.#state.fault
  }

  append(message: Append): void {
    this.#queue.push(message)
    if (this.#scheduled || this.#pending.length > 0) return
    this.#scheduled = true
    this.#clock.after(0, () => this.#commit())
  }

  page(query: PageQuery): Promise<PageResult> {
    return this.#read(() => this.readPage(query))
  }

  list(userId: string, cursor: string, limit: number): Promise<Uint8Array> {
    const before = cursor === '' ? Number.MAX_SAFE_INTEGER : Number.parseInt(cursor, 36)
    return this.#read(() => encodeSyncAck({ page: undefined, list: this.disk.list(userId, before, limit) }))
  }

  advance(positions: readonly MemberPosition[]): Promise<MemberPosition[]> {
    return this.#read(() => this.disk.advance(positions), this.#fsyncMs())
  }

  /** The core lost its memory and power: the batch under way is on disk, or not. */
  crash(): void {
    if (this.#unsynced.length > 0 && this.#kernel.random.chance(0.5)) this.disk.append(this.#unsynced)
    this.#unsynced = []
  }

  protected commitMs(): number {
    return this.#fsyncMs()
  }

  /** Called when a batch is given to the disk. For mutants. */
  protected begun(_batch: readonly Append[]): void {}

  protected readPage(query: PageQuery): PageResult {
    const { conversationId } = query
    return pageOf(this.disk.messages(conversationId), query, { ...this.disk.start(query), epoch: this.disk.epochOf(conversationId) })
  }

  #commit(): void {
    this.#scheduled = false
    const batch = this.#queue.splice(0, BATCH_MESSAGES)
    this.#pending = batch
    if (batch.length === 0) return
    this.begun(batch)
    this.#inTurn(this.commitMs(), () => {
      const { fault } = this.#state
      this.#unsynced = []
      const failed = () => ({ kind: 'failed', cause: new StorageError(fault as StorageFault) }) as const
      const outcomes = fault ? batch.map(failed) : this.disk.append(batch)
      this.#kernel.note('fsync', fault ? `failed ${batch.length}` : batch.length)
      this.#reply(() => this.settle(batch, outcomes))
    })
    this.#unsynced = batch
  }

  protected settle(batch: readonly Append[], outcomes: readonly AppendOutcome[]): void {
    this.#pending = []
    this.#commit()
    for (let i = 0; i < batch.length; i++) batch[i]?.settled(outcomes[i] as AppendOutcome)
    if (this.#queue.length === 0 && this.#pending.length === 0) this.#idle()
  }

  #read<T>(work: () => T, milliseconds: number = this.#kernel.random.spread(0.02, 1)): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#inTurn(milliseconds, () => {
      const { fault } = this.#state
      if (fault) return this.#reply(() => reject(new StorageError(fault)))
      const result = work()
      this.#reply(() => resolve(result))
    })
    return promise
  }

  /** The storage thread does one thing after the other. */
  #inTurn(milliseconds: number, work: () => void): void {
    this.#threadFreeAt = Math.max(this.#threadFreeAt, this.#kernel.time) + milliseconds
    this.#clock.after(this.#threadFreeAt - this.#kernel.time, work)
  }

  /** Its answers reach the event loop a little later, in their order. */
  #reply(work: () => void): void {
    this.#lastReplyAt = Math.max(this.#lastReplyAt + 0.001, this.#kernel.time + this.#kernel.random.spread(0.01, 2))
    this.#clock.after(this.#lastReplyAt - this.#kernel.time, work)
  }

  #fsyncMs(): number {
    const { minFsyncMs, maxFsyncMs } = this.#speed
    return this.#kernel.random.spread(minFsyncMs, maxFsyncMs)
  }

  /** Stores what was appended. */
  async close(): Promise<void> {
    if (this.#queue.length === 0 && this.#pending.length === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#idle = resolve
    await promise
  }
}
