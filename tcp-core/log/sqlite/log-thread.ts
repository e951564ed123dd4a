import { type MessagePort, Worker } from 'node:worker_threads'
import type { ErrorName } from '../../../shared/codes.ts'
import { RequestError } from '../../../shared/errors.ts'
import { StorageError, type StorageFault } from '../storage-fault.ts'

/** A RequestError on its way between the threads. */
interface Refusal {
  readonly code: ErrorName
  readonly message: string
  readonly field: string
  readonly retryAfterMs: number
}

type Request<Operation> = { readonly id: number } & Operation
type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly fault: StorageFault }
  | { readonly id: number; readonly refusal: Refusal }

interface Waiter {
  resolve(result: unknown): void
  reject(error: StorageError | RequestError): void
}

/** What a thread of the log tells its owner. */
export interface LogThreadHandlers {
  /** It ended by itself. */
  died(error: Error): void
  /** An operation met a fault of the disk; whoever asked for it is told as well. */
  saw(fault: StorageFault): void
}

/** A thread that works on the log's file, seen from the event loop: it does one operation after the other, in the order in which they were asked for. */
export class LogThread<Operation extends { readonly op: string }> {
  readonly #worker: Worker
  readonly #saw: (fault: StorageFault) => void
  readonly #waiters = new Map<number, Waiter>()
  #nextId = 1

  private constructor(worker: Worker, handlers: LogThreadHandlers) {
    this.#worker = worker
    this.#saw = handlers.saw
    worker.on('message', (reply: Reply) => this.#replied(reply))
    worker.on('error', (error) => handlers.died(error as Error))
  }

  /** Starts the thread of a file beside this one, and resolves with the first thing that it says. Rejects with its error. */
  static async start<Operation extends { readonly op: string }>(
    name: string,
    workerData: unknown,
    handlers: LogThreadHandlers,
  ): Promise<{ thread: LogThread<Operation>; hello: unknown }> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const worker = new Worker(new URL(`./${name}.${extension}`, import.meta.url), { workerData })
    const { promise, resolve, reject } = Promise.withResolvers<{ result: unknown }>()
    worker.once('message', resolve)
    worker.once('error', reject)
    const { result: hello } = await promise
    worker.off('error', reject)
    return { thread: new LogThread(worker, handlers), hello }
  }

  /** Operations that it has not answered. */
  get pending(): number {
    return this.#waiters.size
  }

  /** Rejects with StorageError, or with RequestError where the operation was refused. */
  ask(operation: Operation): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.request(operation, [], { resolve, reject })
    return promise
  }

  /** As `ask`, without a promise and with buffers that are handed over. */
  request(operation: Operation, transfer: ArrayBuffer[], waiter: Waiter): void {
    const id = this.#nextId++
    this.#waiters.set(id, waiter)
    this.#worker.postMessage({ id, ...operation } satisfies Request<Operation>, transfer)
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  #replied(reply: Reply): void {
    const waiter = this.#waiters.get(reply.id)
    this.#waiters.delete(reply.id)
    if ('refusal' in reply) {
      const { code, message, field, retryAfterMs } = reply.refusal
      waiter?.reject(new RequestError(code, message, { field, retryAfterMs }))
    } else if ('fault' in reply) {
      this.#saw(reply.fault)
      waiter?.reject(new StorageError(reply.fault))
    } else waiter?.resolve(reply.result)
  }
}

/** The other end, in the thread itself: from now on answers each operation by `answer`, after a first `hello`. Bytes are handed over without a copy. */
export function serveOperations<Operation>(port: MessagePort, hello: unknown, answer: (operation: Operation) => unknown): void {
  const reply = (message: Reply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
  reply({ id: 0, result: hello })
  port.on('message', (request: Request<Operation>) => {
    const { id } = request
    try {
      const result = answer(request)
      reply({ id, result }, buffersOf(result))
    } catch (error) {
      if (error instanceof RequestError) {
        const { code, message, field, retryAfterMs } = error
        return reply({ id, refusal: { code, message, field, retryAfterMs } })
      }
      const { message } = error as Error
      const fault = error instanceof StorageError ? error.fault : ({ kind: 'failed', message } as const)
      reply({ id, fault })
    }
  })
}

function buffersOf(result: unknown): ArrayBuffer[] {
  if (result instanceof Uint8Array) return [result.buffer as ArrayBuffer]
  if (typeof result !== 'object' || result === null) return []
  return Object.values(result).flatMap((value) => (value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : []))
}
