import { RequestError } from '../../shared/errors.ts'

/** Requests of one session that the log works on at a time, and that may wait behind them. */
const MAX_RUNNING = 4
const MAX_WAITING = 128
const RETRY_MS = 1000

/**
 * A session's requests that ask the log (Y5). They take turns, so that a session that asks
 * for much keeps nobody else from the log, and none is begun for a peer that does not read
 * the answers it has.
 */
export class RequestQueue {
  readonly #peer: { readonly isReading: boolean }
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(peer: { readonly isReading: boolean }) {
    this.#peer = peer
  }

  /** Does `work` in its turn; never, if the peer goes before that. Throws RequestError `rate_limited` where too many wait. */
  run(work: () => Promise<void>): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new RequestError('rate_limited', `${MAX_WAITING} requests of this session wait already.`, { retryAfterMs: RETRY_MS })
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push(() => {
      this.#running++
      work()
        .finally(() => {
          this.#running--
          this.next()
        })
        .then(resolve, reject)
    })
    this.next()
    return promise
  }

  /** Begins what may begin; to be called when the peer has read. */
  next(): void {
    while (this.#running < MAX_RUNNING && this.#peer.isReading && this.#waiting.length > 0) this.#waiting.shift()?.()
  }
}
