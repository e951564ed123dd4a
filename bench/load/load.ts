import type { Target } from '../wire/wire.ts'
import type { WireName } from '../wire/wires.ts'

/** What every load is told before it begins. */
export interface Plan {
  readonly wire: WireName
  readonly target: Target
  /** Processes of the server. */
  readonly pids: readonly number[]
}

/** Clients of a server that do what they are told, one phase after the other. */
export interface Load<Phase, Result> {
  /** Resolves when the clients are in. */
  open(): Promise<void>
  run(phase: Phase): Promise<Result>
}
