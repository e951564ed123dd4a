/** The part of the spread in which clients begin to come back; the rest is for the login and sync of the last ones. */
const RETURNING = 0.8

export interface DrainTimes {
  readonly drainReturnMs: number
  readonly drainSpreadMs: number
}

/** Milliseconds after which a drained client should come back: each at a time of its own, none before the core is likely back. */
export function drainReturnTime({ drainReturnMs, drainSpreadMs }: DrainTimes): number {
  return Math.round(drainReturnMs + Math.random() * RETURNING * drainSpreadMs)
}
