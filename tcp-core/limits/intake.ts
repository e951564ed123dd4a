import { RequestError } from '../../shared/errors.ts'

/** Somebody who sends. */
export interface Source {
  /** Whether it can be asked to wait without anybody else waiting with it. */
  readonly canWait: boolean
  pause(): void
  resume(): void
}

/** Bytes of memory in entries that wait for the disk: reading from senders stops at the one, goes on at the other. */
const HIGH_BYTES = 32 * 1024 * 1024
const LOW_BYTES = 8 * 1024 * 1024
/** The same of one user, so that nobody takes all of it. */
const USER_HIGH = { bytes: 6 * 1024 * 1024, microseconds: 50_000 }
const USER_LOW = { bytes: 2 * 1024 * 1024, microseconds: 20_000 }
const RETRY_MS = 100

/** What an entry takes until it is stored, acknowledged and delivered. */
export interface Load {
  readonly bytes: number
  /** Estimated time of the log's writer and of the event loop. */
  readonly microseconds: number
}

interface Sender {
  bytes: number
  microseconds: number
  readonly held: Set<Source>
}

/**
 * Holds senders back while the log is behind: their bytes wait in their own sockets instead
 * of the core's memory, and are read many at a time afterwards, which is what lets a core
 * that is behind catch up. Each user has a part of it only: whoever has that under way waits
 * for it, while others go on.
 */
export class Intake {
  readonly #held = new Set<Source>()
  /** Users with something under way. */
  readonly #senders = new Map<string, Sender>()
  #pendingBytes = 0

  /** What waits for the disk, or to be delivered. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /** Throws RequestError `rate_limited` for a user who has enough under way, and comes by a source that cannot wait alone. */
  checkRoom(userId: string, source: Source): void {
    const sender = this.#senders.get(userId)
    if (source.canWait || !sender || !isOver(sender, USER_HIGH)) return
    throw new RequestError('rate_limited', 'Too much of what you sent is still under way.', { retryAfterMs: RETRY_MS })
  }

  /** Called with every entry that is given to the log, and whose it is if somebody waits for it. */
  took(userId: string, load: Load, source: Source | undefined): void {
    const sender = this.#senders.get(userId) ?? this.#newSender(userId)
    this.#add(sender, load, 1)
    if (!source) return
    if (source.canWait && isOver(sender, USER_HIGH)) hold(sender.held, source)
    if (this.#pendingBytes >= HIGH_BYTES) hold(this.#held, source)
  }

  /** More is known of an entry that is under way: what its delivery takes. */
  grew(userId: string, microseconds: number): void {
    const sender = this.#senders.get(userId)
    if (sender) sender.microseconds += microseconds
  }

  /** Called when the entry has been settled and delivered. */
  settled(userId: string, load: Load): void {
    const sender = this.#senders.get(userId)
    if (sender) {
      this.#add(sender, load, -1)
      if (sender.held.size > 0 && !isOver(sender, USER_LOW)) release(sender.held)
      if (sender.bytes <= 0) this.#senders.delete(userId)
    }
    if (this.#held.size > 0 && this.#pendingBytes <= LOW_BYTES) release(this.#held)
  }

  #newSender(userId: string): Sender {
    const sender = { bytes: 0, microseconds: 0, held: new Set<Source>() }
    this.#senders.set(userId, sender)
    return sender
  }

  #add(sender: Sender, { bytes, microseconds }: Load, sign: 1 | -1): void {
    sender.bytes += sign * bytes
    sender.microseconds += sign * microseconds
    this.#pendingBytes += sign * bytes
  }
}

function isOver(sender: Sender, limit: Load): boolean {
  return sender.bytes > limit.bytes || sender.microseconds > limit.microseconds
}

function hold(held: Set<Source>, source: Source): void {
  if (held.has(source)) return
  held.add(source)
  source.pause()
}

function release(held: Set<Source>): void {
  for (const source of held) source.resume()
  held.clear()
}
