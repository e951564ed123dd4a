import type { Target } from '../wire/wire.ts'
import type { WireName } from '../wire/wires.ts'

/** A server to measure, at its best fair setting. */
export interface Peer {
  /** As given to --peers. */
  readonly name: string
  readonly title: string
  readonly wire: WireName
  /** What a sender knows once its message is acknowledged. */
  readonly ack: string
  /** Settings that are not the defaults, in words. */
  readonly setting: string
  /** Undefined where it is not installed. */
  version(): string | undefined
  /** Starts it on loopback. */
  start(where: StartContext): Promise<RunningServer>
}

export interface StartContext {
  /** For all that the server keeps. */
  readonly folder: string
  /** A folder for the CPU profiles of Hawser's threads. */
  readonly profile?: string | undefined
  /** Another checkout whose core is to be measured, to compare before and after a change. */
  readonly core?: string | undefined
}

export interface RunningServer extends Target {
  /** Its processes, for CPU and memory. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}
