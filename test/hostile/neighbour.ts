import { Worker } from 'node:worker_threads'
import { rssBytes } from '../support/process-memory.ts'

interface RoundTrip {
  readonly ping: number
  readonly send: number
}

export interface Observed {
  /** Medians in milliseconds, before and during. */
  readonly calm: RoundTrip
  readonly attacked: RoundTrip
  readonly worst: RoundTrip
  readonly roundTrips: number
  /** The most resident memory seen above that at the beginning, in bytes. */
  readonly growth: number
}

const CALM_ROUND_TRIPS = 50
/** An attack is watched for at least this many, and so long. */
const MIN_ROUND_TRIPS = 20

/** A user who goes on working while somebody attacks the core. */
export class Neighbour {
  readonly #worker: Worker
  readonly #corePid: number
  #seen: (roundTrip: RoundTrip) => void = () => {}
  #failed: (error: Error) => void = () => {}
  #failure: Error | undefined

  constructor(core: { tcp: string; pid: number }, token: string) {
    this.#corePid = core.pid
    this.#worker = new Worker(new URL('./neighbour-thread.ts', import.meta.url), { workerData: { address: core.tcp, token } })
    this.#worker.on('message', (roundTrip: RoundTrip) => this.#seen(roundTrip))
    this.#worker.on('error', (error) => {
      this.#failure = error as Error
      this.#failed(this.#failure)
    })
  }

  /** Measures round trips and memory before and during `attack`. Rejects if the neighbour is cut off. */
  async watch(attack: () => Promise<void>): Promise<Observed> {
    const calm = await this.#collect((seen) => seen.length >= CALM_ROUND_TRIPS)
    const before = rssBytes(this.#corePid)
    let most = before
    let over = false
    const attackOver = attack().finally(() => {
      over = true
    })
    const [attacked] = await Promise.all([
      this.#collect((seen) => {
        most = Math.max(most, rssBytes(this.#corePid))
        return over && seen.length >= MIN_ROUND_TRIPS
      }),
      attackOver,
    ])
    most = Math.max(most, rssBytes(this.#corePid))
    return {
      calm: by(median, calm),
      attacked: by(median, attacked),
      worst: by((values) => Math.max(...values), attacked),
      roundTrips: attacked.length,
      growth: most - before,
    }
  }

  async leave(): Promise<void> {
    await this.#worker.terminate()
  }

  #collect(enough: (seen: readonly RoundTrip[]) => boolean): Promise<RoundTrip[]> {
    const { promise, resolve, reject } = Promise.withResolvers<RoundTrip[]>()
    const seen: RoundTrip[] = []
    this.#failed = reject
    if (this.#failure) reject(this.#failure)
    this.#seen = (roundTrip) => {
      seen.push(roundTrip)
      if (enough(seen)) resolve(seen)
    }
    return promise
  }
}

function by(figure: (values: number[]) => number, roundTrips: readonly RoundTrip[]): RoundTrip {
  return { ping: figure(roundTrips.map(({ ping }) => ping)), send: figure(roundTrips.map(({ send }) => send)) }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
