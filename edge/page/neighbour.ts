import type { Conversation } from './conversation.ts'

/** The conversation above (-1) or below (1) the open one in the list, which does not wrap around. */
export function neighbour(list: readonly Conversation[], open: string | undefined, step: 1 | -1): string | undefined {
  const shown = list.filter(({ preference }) => !preference.archived)
  const at = shown.findIndex(({ conversationId }) => conversationId === open)
  return (at < 0 ? shown[0] : shown[at + step])?.conversationId
}
