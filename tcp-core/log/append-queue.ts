import type { Append } from './log-store.ts'

/** One transaction holds at most so many entries, so many bytes, and about so much of the writer's time, so that no commit takes long. */
const BATCH_MESSAGES = 2000
const BATCH_BYTES = 2 * 1024 * 1024
const BATCH_MICROSECONDS = 20_000
/** A plain message's part of that. */
const PLAIN_MICROSECONDS = 10
/** What costs more than this is a batch by itself: nobody's message is stored only with it. */
const ALONE_MICROSECONDS = 1000
/** What a sender may take in one turn where senders take turns. */
const TURN_MICROSECONDS = 500

/** What one sender has waiting. */
interface Line {
  readonly appends: Append[]
  /** Of `appends`, so many have left. */
  taken: number
  /** Microseconds that the sender may still take in this turn. */
  credit: number
}

/**
 * Entries that wait for the log's writer. As long as all of them go into one batch, they go in
 * the order in which they came. Where more wait, their senders take turns by the time that
 * their entries cost (deficit round robin), so that who sends much, or what costs much, waits
 * behind himself. What one sender sends keeps its order always.
 */
export class AppendQueue {
  #arrived: Append[] = []
  #cost = 0
  #bytes = 0
  /** Whether one of them is a batch by itself. */
  #hasDear = false
  /** Empty while all that waits goes into one batch. Whose turn is next comes first. */
  readonly #lines = new Map<string, Line>()
  #inLines = 0

  get size(): number {
    return this.#arrived.length + this.#inLines
  }

  push(append: Append): void {
    this.#arrived.push(append)
    this.#cost += costOf(append)
    this.#bytes += append.content.length
    if (costOf(append) > ALONE_MICROSECONDS) this.#hasDear = true
  }

  /** The next batch; empty where nothing waits. */
  take(): readonly Append[] {
    const arrived = this.#arrived
    const isSmall = arrived.length <= BATCH_MESSAGES && this.#cost <= BATCH_MICROSECONDS && this.#bytes <= BATCH_BYTES
    const isOneBatch = isSmall && !this.#hasDear && this.#inLines === 0
    this.#arrived = []
    this.#cost = 0
    this.#bytes = 0
    this.#hasDear = false
    if (isOneBatch) return arrived
    for (const append of arrived) this.#line(append)
    return this.#takeTurns()
  }

  #line(append: Append): void {
    const line = this.#lines.get(append.sender)
    if (line) line.appends.push(append)
    else this.#lines.set(append.sender, { appends: [append], taken: 0, credit: 0 })
    this.#inLines++
  }

  #takeTurns(): readonly Append[] {
    const batch: Append[] = []
    let cost = 0
    let bytes = 0
    for (;;) {
      const [sender, line] = this.#lines.entries().next().value ?? []
      if (sender === undefined || line === undefined) return batch
      if (line.credit <= 0) line.credit += TURN_MICROSECONDS
      for (;;) {
        const append = line.appends[line.taken]
        if (!append || costOf(append) > line.credit) break
        const isAlone = costOf(append) > ALONE_MICROSECONDS
        const isFull = batch.length >= BATCH_MESSAGES || bytes >= BATCH_BYTES || cost + costOf(append) > BATCH_MICROSECONDS
        if (batch.length > 0 && (isFull || isAlone)) return batch
        batch.push(append)
        line.taken++
        line.credit -= costOf(append)
        cost += costOf(append)
        bytes += append.content.length
        this.#inLines--
        if (isAlone) return batch
      }
      this.#endTurn(sender, line)
    }
  }

  /** The next one's turn; who has more waiting comes again, and saves for what costs more than one turn. */
  #endTurn(sender: string, line: Line): void {
    this.#lines.delete(sender)
    if (line.taken === line.appends.length) return
    line.appends.splice(0, line.taken)
    line.taken = 0
    line.credit += TURN_MICROSECONDS
    this.#lines.set(sender, line)
  }
}

function costOf({ cost = PLAIN_MICROSECONDS }: Append): number {
  return cost
}
