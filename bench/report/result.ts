import type { Machine } from '../measure/machine.ts'
import type { Figure, Sample } from '../workloads/workload.ts'

/** A run of a workload, as results/<workload>.json has it. */
export interface Result {
  readonly workload: string
  readonly title: string
  readonly about: string
  readonly takenAt: string
  readonly command: string
  readonly machine: Machine
  readonly figures: readonly Figure[]
  readonly peers: readonly PeerResult[]
  /** The name of the peer that the others are compared with. */
  readonly subject: string
  readonly cases: readonly CaseResult[]
}

export interface PeerResult {
  readonly name: string
  readonly title: string
  readonly ack: string
  readonly setting: string
  /** Undefined where it was not run because it is not installed. */
  readonly version: string | undefined
}

export interface CaseResult {
  readonly name: string
  readonly rows: readonly Row[]
}

/** The samples of a peer, one for each round. */
export interface Row {
  readonly peer: string
  readonly samples: readonly Sample[]
  /** Why it has fewer samples than rounds. */
  readonly failure?: string
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spread(samples: readonly Sample[], key: string): Spread | undefined {
  const values = samples.map((sample) => sample[key]).filter((value) => value !== undefined)
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1] as number, sorted[sorted.length >> 1] as number]
  return { median: (low + high) / 2, min: sorted[0] as number, max: sorted.at(-1) as number }
}
