import type { Details } from '../../../shared/gen/hawser.ts'
import { EDITED, RECALLED } from '../message-flags.ts'
import type { Key, MemberRow } from './rows.ts'

/** From where to where a conversation is a member's to see. */
export interface Span {
  /** Exclusive: what was before the member came, and what it has cleared. */
  readonly beginSeq: number
  /** Inclusive: the last entry, or the one by which the member went. */
  readonly lastSeq: number
}

export function spanOf({ from_seq, cleared_seq, until_seq }: MemberRow, lastSeq: number): Span {
  return { beginSeq: Math.max(from_seq, cleared_seq), lastSeq: until_seq ?? lastSeq }
}

export function isWithin({ beginSeq, lastSeq }: Span, seq: number): boolean {
  return seq > beginSeq && seq <= lastSeq
}

/**
 * G5: who has left learns of nothing from after that, also not what a message was changed to, or
 * that it was taken back. `changedBy` says which entry did so last.
 */
export function isWithheld({ until_message }: MemberRow, flags: number, changedBy: () => Key): boolean {
  return until_message !== null && (flags & (EDITED | RECALLED)) !== 0 && changedBy() > until_message
}

/** S5: it has disappeared, whether or not it has been taken out of the log by now. */
export function isOver(details: Details | undefined, now: number): boolean {
  return details !== undefined && details.expiresAt > 0 && details.expiresAt <= now
}
