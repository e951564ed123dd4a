import { setTimeout as sleep } from 'node:timers/promises'
import { LoadProcess } from '../load/load-process.ts'
import type { SendingPhase } from '../load/sending.ts'
import type { PhaseResult } from '../load/tally.ts'
import { rssBytes } from '../measure/processes.ts'
import { hawser } from '../peers/hawser.ts'
import { LATENCIES, LOSSES } from './figures.ts'
import { withServer } from './with-server.ts'
import type { Case, Workload } from './workload.ts'

interface SoakCase extends Case {
  /** Messages under way for each pair while the peak is measured. */
  readonly window: number
  readonly minutes: number
}

const PAIRS = 500
const BYTES = 128
const LOOK_SECONDS = 5

interface Look {
  readonly seconds: number
  readonly mib: number
}

function mean(looks: readonly Look[], of: (look: Look) => number): number {
  return looks.reduce((sum, look) => sum + of(look), 0) / looks.length
}

/** Least squares, MiB an hour. */
function slope(looks: readonly Look[]): number {
  const [atMean, mibMean] = [mean(looks, ({ seconds }) => seconds), mean(looks, ({ mib }) => mib)]
  const covariance = mean(looks, ({ seconds, mib }) => (seconds - atMean) * (mib - mibMean))
  return (3600 * covariance) / mean(looks, ({ seconds }) => (seconds - atMean) ** 2)
}

/** The resident memory: means of the quarters of the time, its highest, and the slope after the first quarter. */
function memory(looks: readonly Look[]) {
  const from = (quarter: number) => Math.floor((looks.length * quarter) / 4)
  const meanOf = (quarter: number) => mean(looks.slice(from(quarter), from(quarter + 1)), ({ mib }) => mib)
  return {
    firstQuarterMiB: meanOf(0),
    secondQuarterMiB: meanOf(1),
    thirdQuarterMiB: meanOf(2),
    fourthQuarterMiB: meanOf(3),
    highestMiB: Math.max(...looks.map(({ mib }) => mib)),
    slopeMiB: slope(looks.slice(from(1))),
  }
}

/** Looks at the memory until `done` settles. */
async function watch<T>(pids: readonly number[], done: Promise<T>): Promise<{ looks: Look[]; result: T }> {
  const looks: Look[] = []
  const begun = performance.now()
  const over = new AbortController()
  const result = done.finally(() => over.abort())
  while (!over.signal.aborted) {
    looks.push({ seconds: (performance.now() - begun) / 1000, mib: rssBytes(pids) / 2 ** 20 })
    await sleep(LOOK_SECONDS * 1000, undefined, { signal: over.signal }).catch(() => {})
  }
  return { looks, result: await result }
}

export const soak: Workload<SoakCase> = {
  name: 'soak',
  title: 'Hawser at half load for long',
  about: `Hawser alone: ${PAIRS} pairs, ${BYTES} bytes; first its peak rate with 1 or 10 messages under way each, then half of it for the time, sent one at a time whatever the server does. One at a time a message costs about twice as much as ten together, so half of the second peak is nearly all that this machine does. **MiB** is the resident memory, as the mean of each quarter of the time; **slope** the line of least squares through it from the second quarter on, before which caches fill.`,
  figures: [
    { key: 'perSecond', title: 'msg/s', digits: 0 },
    ...LATENCIES,
    { key: 'serverCpuMicros', title: 'CPU µs/msg', digits: 1 },
    { key: 'deliveries', title: 'messages', digits: 0 },
    { key: 'firstQuarterMiB', title: 'MiB, 1st quarter', digits: 0 },
    { key: 'secondQuarterMiB', title: '2nd', digits: 0 },
    { key: 'thirdQuarterMiB', title: '3rd', digits: 0 },
    { key: 'fourthQuarterMiB', title: '4th', digits: 0 },
    { key: 'highestMiB', title: 'highest MiB', digits: 0 },
    { key: 'slopeMiB', title: 'slope MiB/h', digits: 1 },
    ...LOSSES,
  ],
  peers: [hawser],
  subject: 'hawser',
  maxRounds: 1,
  cases: [
    { name: '500x1, 20 minutes', window: 1, minutes: 20 },
    { name: '500x10, 20 minutes', window: 10, minutes: 20 },
  ],
  quickCases: [{ name: '500x1, 1 minute', window: 1, minutes: 1 }],
  measure: (peer, { window, minutes }, context) =>
    withServer(peer, context, (plan) =>
      LoadProcess.with({ load: 'pairs', ...plan, pairs: PAIRS, bytes: BYTES }, async (load: LoadProcess<SendingPhase, PhaseResult>) => {
        const peak = await load.run({ mode: 'window', window, warmUpSeconds: 2, seconds: 10 })
        const phase = { mode: 'pace', perSecond: peak.perSecond / 2, warmUpSeconds: 1, seconds: minutes * 60 } as const
        const { looks, result } = await watch(plan.pids, load.run(phase))
        return { ...result, ...memory(looks) }
      }),
    ),
}
