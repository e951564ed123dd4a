import type { Peer, StartContext } from '../peers/peer.ts'

/** Figures of one measurement by the names of the workload's columns. */
export type Sample = Readonly<Record<string, number>>

export interface Figure {
  readonly key: string
  readonly title: string
  readonly digits: number
  /** Whether more is better or less; drawn and compared with the peers where it says so. */
  readonly better?: 'more' | 'less'
}

/** A setting of a workload, such as a number of pairs. */
export interface Case {
  readonly name: string
}

/** Its folder is empty, and removed afterwards. */
export interface Context extends StartContext {
  /** A folder for what several measurements use, removed after the run. */
  readonly shared: string
  /** Shorter phases, to see that everything works. */
  readonly quick: boolean
}

/** Something that servers are made to do. */
export interface Workload<C extends Case = Case> {
  readonly name: string
  readonly title: string
  /** What happens in it, and what the columns mean; Markdown. */
  readonly about: string
  readonly figures: readonly Figure[]
  readonly peers: readonly Peer[]
  /** The peer with whose rate the others' are compared. */
  readonly subject: string
  readonly cases: readonly C[]
  /** More rounds than this would say no more. */
  readonly maxRounds?: number
  /** Those of a quick run. */
  readonly quickCases: readonly C[]
  measure(peer: Peer, setting: C, context: Context): Promise<Sample>
}
