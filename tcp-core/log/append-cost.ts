import type { Change, Details } from '../../shared/gen/hawser.ts'

/** Of the log's writer, in microseconds, as `npx node bench/writes.ts` measures them. */
const PLAIN = 10
const CHANGE = 40
const NAME = 5
const MENTION = 8
/** With the disk's part. */
const BYTES_A_MICROSECOND = 100

/** Estimates what an entry costs the log's writer, in microseconds: for fair turns, so it need not be exact. */
export function appendCost(content: Uint8Array, details: Details | undefined, change: Change | undefined): number {
  const bytes = content.length + (change?.edit?.content.length ?? 0)
  const names = change ? (change.create?.members ?? (change.add ?? change.remove ?? change.ban ?? change.mute)?.users ?? []).length : 0
  const mentions = (details ?? change?.edit?.details)?.mentions.length ?? 0
  return PLAIN + (change ? CHANGE : 0) + names * NAME + mentions * MENTION + Math.round(bytes / BYTES_A_MICROSECOND)
}
