import type { Change } from '../../../shared/gen/hawser.ts'

/** The seq of the message that a change is about; for one that is about no message, higher than any. */
export function concerns(change: Change): number {
  const { edit, recall, react, pin } = change
  return (edit ?? recall ?? react ?? pin)?.seq ?? Number.MAX_SAFE_INTEGER
}
