import { Histogram } from '../measure/histogram.ts'
import { cpuSeconds, rssBytes } from '../measure/processes.ts'
import { clock } from '../wire/clock.ts'
import { numberOf, timeOf } from './content.ts'

/** What a phase came to. Losses are those since the load began. */
export interface PhaseResult {
  readonly seconds: number
  readonly deliveries: number
  readonly perSecond: number
  /** Milliseconds from the send to the delivery. */
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly serverCpuMicros: number
  /** Cores, as a share of one, that the server and the load used. */
  readonly serverCores: number
  readonly loadCores: number
  readonly rssMiB: number
  readonly lost: number
  /** Delivered more than once, or after a later one. */
  readonly again: number
}

/** Counts what is sent and delivered, all the time, and measures a part of it. */
export class Tally {
  sent = 0
  delivered = 0
  again = 0
  readonly #pids: readonly number[]
  readonly #latencies = new Histogram()
  #measuring = false
  #begun = { at: 0, delivered: 0, serverCpu: 0, loadCpu: 0 }

  /** The pids are the server's. */
  constructor(pids: readonly number[]) {
    this.#pids = pids
  }

  /** What was sent and has not arrived. */
  get missing(): number {
    return this.sent - this.delivered
  }

  /** A message has arrived. Gives its number. */
  arrived(bytes: Uint8Array, start: number): number {
    this.delivered++
    if (this.#measuring) this.#latencies.record(clock.now * 1000 - timeOf(bytes, start))
    return numberOf(bytes, start)
  }

  /** The one that has just arrived had arrived before, or a later one had. */
  cameAgain(): void {
    this.delivered--
    this.again++
  }

  begin(): void {
    this.#latencies.clear()
    this.#measuring = true
    this.#begun = { at: performance.now(), delivered: this.delivered, serverCpu: cpuSeconds(this.#pids), loadCpu: ownCpuSeconds() }
  }

  /** Call `result` when what was under way has arrived. */
  end(): { result(): PhaseResult } {
    this.#measuring = false
    const { at, delivered, serverCpu, loadCpu } = this.#begun
    const seconds = (performance.now() - at) / 1000
    const deliveries = this.delivered - delivered
    const cpu = cpuSeconds(this.#pids) - serverCpu
    const load = ownCpuSeconds() - loadCpu
    const rss = rssBytes(this.#pids)
    const share = (part: number) => this.#latencies.percentile(part)
    return {
      result: () => ({
        seconds,
        deliveries,
        perSecond: deliveries / seconds,
        p50: share(0.5),
        p99: share(0.99),
        p999: share(0.999),
        serverCpuMicros: (cpu * 1e6) / deliveries,
        serverCores: cpu / seconds,
        loadCores: load / seconds,
        rssMiB: rss / 2 ** 20,
        lost: this.missing,
        again: this.again,
      }),
    }
  }
}

function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
