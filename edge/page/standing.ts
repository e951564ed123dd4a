import type { Conversation } from './conversation.ts'
import { may } from './may.ts'
import { now } from './server-date.ts'
import type { Session } from './session.ts'

/** Whether the user may write in a conversation now, and if not, why. */
export type Standing = 'free' | 'outside' | 'dissolved' | 'muted' | 'readers-only' | 'blocked'

export function standingOf(session: Session, conversation: Conversation | undefined, peer: string): Standing {
  if (peer !== '') return session.relations.isBlocked(peer) ? 'blocked' : 'free'
  // Whoever is invited, or has the address of a group, may look for it before being in it.
  if (!conversation) return session.conversations.loaded.value ? 'outside' : 'free'
  if (conversation.left) return 'outside'
  const { group } = conversation
  if (!group) return 'free'
  if (group.dissolved) return 'dissolved'
  if (!may(group, 'send')) return 'readers-only'
  const date = now()
  return group.ownMutedUntil > date || (group.mutedUntil > date && group.role === 'member') ? 'muted' : 'free'
}
