/** What has something to write. */
export interface Writing {
  flush(): void
}

/** A round that took longer is followed by a rest. */
const LONG_ROUND_MS = 1
const MAX_REST_MS = 10

/**
 * When an event loop writes: all that has something to write at once, at the end of the
 * turn. After a round that took its time (a message to thousands is a system call for each
 * of them) the next one waits as long again, so that writing leaves the loop half of its
 * time, and what comes meanwhile goes with it.
 */
class WriteRounds {
  #waiting: Writing[] = []
  #isPlanned = false
  #restsUntil = 0

  add(writing: Writing): void {
    this.#waiting.push(writing)
    if (this.#isPlanned) return
    this.#isPlanned = true
    const rest = this.#restsUntil === 0 ? 0 : this.#restsUntil - performance.now()
    if (rest > 0) setTimeout(this.#run, rest)
    else process.nextTick(this.#run)
  }

  readonly #run = (): void => {
    const start = performance.now()
    const round = this.#waiting
    this.#waiting = []
    this.#isPlanned = false
    for (const writing of round) writing.flush()
    const end = performance.now()
    const took = end - start
    this.#restsUntil = took > LONG_ROUND_MS ? end + Math.min(took, MAX_REST_MS) : 0
  }
}

/** Those of this thread's event loop. */
export const writeRounds = new WriteRounds()
