import type { Logger } from 'pino'
import type { Block } from '../../shared/gen/hawser.ts'
import type { LogStore } from '../log/log-store.ts'

/** Of users and whom they have blocked, kept in memory. */
const MAX_BYTES = 64 * 1024 * 1024
/** What a name takes besides its characters. */
const NAME_BYTES = 64

interface Change {
  readonly by: string
  readonly block: Block
}

/**
 * Who has blocked whom, for what is not worth asking the disk each time. A user's blocks are
 * asked from the log at the first need and then kept up by its changes. What changes while
 * the log is being asked is done again to its answer, which may be of before.
 */
export class Blocks {
  readonly #log: LogStore
  readonly #logger: Logger
  readonly #maxBytes: number
  /** By the user who has blocked; those asked for longest ago first. */
  readonly #blocked = new Map<string, Set<string>>()
  /** For each question that the log is being asked: what has changed since. */
  readonly #loads = new Set<Change[]>()
  #bytes = 0

  /** `maxBytes` is for tests. */
  constructor(services: { log: LogStore; logger: Logger }, maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes
    this.#log = services.log
    this.#logger = services.logger
  }

  /** About what is kept takes of memory. */
  get bytes(): number {
    return this.#bytes
  }

  /** Calls `work` as soon as the users' blocks are known; never, if the log cannot say. */
  use(users: readonly string[], work: () => void): void {
    const missing = users.filter((user) => !this.#blocked.has(user))
    if (missing.length === 0) return work()
    this.#load(missing).then(
      () => {
        work()
        this.#forgetOldest()
      },
      (error: unknown) => this.#logger.debug({ err: error }, 'blocks are not known for now'),
    )
  }

  /** Whether either has blocked the other; true also where that is not known. */
  isBetween(a: string, b: string): boolean {
    return (this.#blocked.get(a)?.has(b) ?? true) || (this.#blocked.get(b)?.has(a) ?? true)
  }

  /** `by` has blocked somebody, or does no more. */
  changed(by: string, block: Block): void {
    for (const changes of this.#loads) changes.push({ by, block })
    this.#change(by, block)
  }

  #change(by: string, { user, removed }: Block): void {
    const blocked = this.#blocked.get(by)
    if (!blocked) return
    if (removed) {
      if (blocked.delete(user)) this.#bytes -= bytesOf(user)
    } else if (!blocked.has(user)) {
      blocked.add(user)
      this.#bytes += bytesOf(user)
    }
  }

  async #load(users: readonly string[]): Promise<void> {
    const changes: Change[] = []
    this.#loads.add(changes)
    try {
      for (let known = 0; known < users.length; ) {
        for (const blocked of await this.#log.blocks(users.slice(known))) this.#put(users[known++] as string, new Set(blocked))
      }
      for (const { by, block } of changes) this.#change(by, block)
    } finally {
      this.#loads.delete(changes)
    }
  }

  #put(user: string, blocked: Set<string>): void {
    this.#remove(user)
    this.#blocked.set(user, blocked)
    this.#bytes += bytesOf(user)
    for (const name of blocked) this.#bytes += bytesOf(name)
  }

  #remove(user: string): void {
    const blocked = this.#blocked.get(user)
    if (!blocked) return
    this.#blocked.delete(user)
    this.#bytes -= bytesOf(user)
    for (const name of blocked) this.#bytes -= bytesOf(name)
  }

  #forgetOldest(): void {
    for (const user of this.#blocked.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      this.#remove(user)
    }
  }
}

function bytesOf(name: string): number {
  return name.length * 2 + NAME_BYTES
}
