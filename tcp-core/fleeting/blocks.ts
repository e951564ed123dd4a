import type { Logger } from 'pino'
import type { Block } from '../../shared/gen/hawser.ts'
import type { LogStore } from '../log/log-store.ts'

/** Users and names that are kept in memory. */
const MAX_NAMES = 500_000

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
  /** By the user who has blocked; those asked for longest ago first. */
  readonly #blocked = new Map<string, Set<string>>()
  /** For each question that the log is being asked: what has changed since. */
  readonly #loads = new Set<Change[]>()
  #names = 0

  constructor(services: { log: LogStore; logger: Logger }) {
    this.#log = services.log
    this.#logger = services.logger
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
    const before = blocked.size
    if (removed) blocked.delete(user)
    else blocked.add(user)
    this.#names += blocked.size - before
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
    this.#names += 1 + blocked.size
  }

  #remove(user: string): void {
    const blocked = this.#blocked.get(user)
    if (this.#blocked.delete(user)) this.#names -= 1 + (blocked?.size ?? 0)
  }

  #forgetOldest(): void {
    for (const user of this.#blocked.keys()) {
      if (this.#names <= MAX_NAMES) return
      this.#remove(user)
    }
  }
}
