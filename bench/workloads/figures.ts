import type { Figure } from './workload.ts'

/** Columns that several workloads have. */
export const LATENCIES: readonly Figure[] = [
  { key: 'p50', title: 'p50 ms', digits: 1 },
  { key: 'p99', title: 'p99 ms', digits: 1 },
  { key: 'p999', title: 'p99.9 ms', digits: 1 },
]
export const RSS: Figure = { key: 'rssMiB', title: 'RSS MiB', digits: 0 }
export const LOAD: Figure = { key: 'loadPercent', title: 'load %', digits: 0 }
/** Always shown. */
export const LOSSES: readonly Figure[] = [
  { key: 'lost', title: 'lost', digits: 0 },
  { key: 'again', title: 'again', digits: 0 },
]

export const LOAD_NOTE =
  '**load** is how much of one core the load took: near 100 % it is the load that was measured. **again** counts messages that came twice or out of order.'
