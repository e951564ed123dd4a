import { randomBytes } from 'node:crypto'

const RANGE = 2 ** 53

/** What tells this log from every other, and from its own past. */
export interface LogIdentity {
  /** Message ids begin with this, so that those of two databases never meet. */
  readonly idPrefix: string
  /** Added to every conversation's epoch: a new one is a new epoch of them all. */
  readonly incarnation: number
  /** Ids up to here may have been given to messages that are no more. */
  readonly lastGivenId: number
  /** When the backup was made that this log was just restored from. */
  readonly restoredFrom: string | undefined
}

/** Stands in the header of a log's file and tells it from other logs, also without SQLite. */
export function logMark(idPrefix: string): number {
  return Number.parseInt(idPrefix, 16) | 0
}

/** What clients are told as a conversation's epoch; never 0, which says that it is not known. */
export function toldEpoch(identity: LogIdentity, epoch: number): number {
  // Not a plain sum, which may pass 2^53 and lose its last digit.
  const room = RANGE - epoch
  return (identity.incarnation < room ? identity.incarnation + epoch : identity.incarnation - room) || 1
}

/** 1 to 2^53 - 1. */
export function randomEpoch(): number {
  return Number(randomBytes(8).readBigUInt64BE() >> 11n) || 1
}
