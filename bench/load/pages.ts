import { Histogram } from '../measure/histogram.ts'
import { cpuSeconds } from '../measure/processes.ts'
import { openHawserTcp } from '../wire/hawser.ts'
import type { Load, Plan } from './load.ts'

/** Hawser only: other servers have no pages. */
export interface PagesPlan extends Plan {
  readonly load: 'pages'
  readonly reader: string
  readonly partner: string
}

export interface PagesPhase {
  readonly pages: number
  readonly limit: number
  /** Seqs after which pages begin, evenly between these. */
  readonly from: number
  readonly to: number
}

export interface PagesResult {
  readonly p50: number
  readonly p99: number
  readonly serverCpuMicros: number
}

/** One client that asks for one page after the other. */
export class PagesLoad implements Load<PagesPhase, PagesResult> {
  readonly #plan: PagesPlan
  #reader: Awaited<ReturnType<typeof openHawserTcp>> | undefined

  constructor(plan: PagesPlan) {
    this.#plan = plan
  }

  async open(): Promise<void> {
    this.#reader = await openHawserTcp(this.#plan.target, this.#plan.reader, { acked() {}, delivered() {} })
  }

  async run({ pages, limit, from, to }: PagesPhase): Promise<PagesResult> {
    const latencies = new Histogram()
    const before = cpuSeconds(this.#plan.pids)
    for (let i = 0; i < pages; i++) {
      const begun = performance.now()
      const page = await this.#reader?.page(this.#plan.partner, Math.floor(from + ((to - from) * i) / pages), limit)
      if (page?.messages.length !== limit) throw new Error(`a page has ${page?.messages.length} messages instead of ${limit}`)
      latencies.record((performance.now() - begun) * 1000)
    }
    const cpu = cpuSeconds(this.#plan.pids) - before
    return { p50: latencies.percentile(0.5), p99: latencies.percentile(0.99), serverCpuMicros: (cpu * 1e6) / pages }
  }
}
