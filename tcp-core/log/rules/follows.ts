import type { Effect } from './effects.ts'

/** What follows from an entry for those who stand behind the log: delivery, presence, the alarm. Decided once, with the entry. */
export interface Follows {
  /** Users who are members from this entry on. */
  readonly came: readonly string[]
  /** They see nothing up to here, inclusive. */
  readonly fromSeq: number
  /** Users for whom this entry is the last. */
  readonly went: readonly string[]
  /** Seqs of messages whose content is gone. */
  readonly gone: readonly number[]
  /** The group is one no more. */
  readonly dissolved: boolean
  /** When something of it is due, in milliseconds since 1970; 0 for never. */
  readonly alarmAt: number
}

export const NOTHING: Follows = { came: [], fromSeq: 0, went: [], gone: [], dissolved: false, alarmAt: 0 }

/** Undefined where nothing follows, as from nearly all messages. */
export function followsFrom(effects: readonly Effect[]): Follows | undefined {
  let follows: Follows | undefined
  for (const effect of effects) {
    const more = followsFromOne(effect, follows ?? NOTHING)
    if (more) follows = { ...(follows ?? NOTHING), ...more }
  }
  return follows
}

function followsFromOne(effect: Effect, { came, went, gone }: Follows): Partial<Follows> | undefined {
  switch (effect.kind) {
    case 'began':
      return { came: [...came, ...effect.users], fromSeq: effect.fromSeq }
    case 'ended':
      return { went: [...went, ...effect.users] }
    case 'recalled':
      return { gone: [...gone, effect.seq] }
    case 'dissolved':
      return { dissolved: true }
    case 'expires':
      return { alarmAt: effect.at }
    case 'rescheduled':
      return { alarmAt: effect.sendAt }
    default:
      return undefined
  }
}
