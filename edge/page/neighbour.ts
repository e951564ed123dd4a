import type { Conversation } from './conversations.ts'

/** The peer above (-1) or below (1) the open one in the list, which does not wrap around. */
export function neighbour(list: readonly Conversation[], open: string | undefined, step: 1 | -1): string | undefined {
  const at = list.findIndex(({ peer }) => peer === open)
  if (at < 0) return list[0]?.peer
  return list[at + step]?.peer
}
