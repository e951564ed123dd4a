import { availableParallelism } from 'node:os'
import type { LogRules } from '../log-rules.ts'
import type { ReadOperation } from '../operations.ts'
import { LogThread, type LogThreadHandlers } from './log-thread.ts'

/** The event loop and the storage thread want a core each. */
const THREADS = Math.min(Math.max(availableParallelism() - 2, 1), 4)

/**
 * Threads that read the log and never write it, each with a connection of its own: in a WAL
 * they see what was committed before they began, and neither they nor the writer wait for
 * each other.
 */
export class ReadThreads {
  readonly #threads: readonly LogThread<ReadOperation>[]

  private constructor(threads: readonly LogThread<ReadOperation>[]) {
    this.#threads = threads
  }

  /** Rejects with the database's error. */
  static async start(path: string, rules: LogRules, handlers: LogThreadHandlers): Promise<ReadThreads> {
    const started = await Promise.all(
      Array.from({ length: THREADS }, () => LogThread.start<ReadOperation>('reader-thread', { path, rules }, handlers)),
    )
    return new ReadThreads(started.map(({ thread }) => thread))
  }

  get size(): number {
    return this.#threads.length
  }

  /** Asks the thread that has least to do. */
  ask(operation: ReadOperation): Promise<unknown> {
    let idlest = this.#threads[0] as LogThread<ReadOperation>
    for (const thread of this.#threads) if (thread.pending < idlest.pending) idlest = thread
    return idlest.ask(operation)
  }

  /** All of them look at the file anew. */
  async release(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.ask({ op: 'release' })))
  }

  /** Lets each end what it was asked for. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.ask({ op: 'close' }).catch(() => {})))
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }
}
