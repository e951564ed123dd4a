import type { Aftermath, Reaction } from '../../../shared/gen/hawser.ts'
import { EXPIRED, PINNED, REACTED, RECALLED } from '../message-flags.ts'

/** Who edited a message last, or took it back, and when. */
export interface ToldChange {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly recalled_by: string | null
}

/** What has become of a message whose flags say that something has. */
export function aftermathOf(flags: number, told: ToldChange | undefined, reactions: () => Reaction[]): Aftermath {
  const recalled = (flags & RECALLED) !== 0
  return {
    editedAt: !recalled && told ? told.at : 0,
    recalledAt: recalled && told ? told.at : 0,
    recalledBy: told?.recalled_by ?? '',
    expired: (flags & EXPIRED) !== 0,
    // M4: what was said to it went with it.
    reactions: flags & REACTED && !(flags & (RECALLED | EXPIRED)) ? reactions() : [],
    pinned: (flags & PINNED) !== 0,
  }
}
