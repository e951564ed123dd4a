import { effect, signal } from '@preact/signals'
import { namedInText } from '../../shared/foreign-text.ts'
import { titleOf } from './conversation.ts'
import { conversationAt, openPlace, openRoom } from './route.ts'
import { session } from './sign-in.ts'

const isVisible = signal(document.visibilityState === 'visible')

/** Keeps to what the person has before them: marks it read, and counts the rest in the title. */
export function followAttention(): void {
  document.addEventListener('visibilitychange', () => {
    isVisible.value = document.visibilityState === 'visible'
  })
  effect(markSeen)
  effect(title)
}

/** The newest message is on the screen: the conversation is read. */
function markSeen(): void {
  const signedIn = session.value
  const place = openPlace.value
  if (!signedIn || !place || !isVisible.value) return
  const id = conversationAt(place, signedIn.user)
  const { timeline } = signedIn.opened(id)
  if (timeline.atBottom.value && !timeline.hasNewer.value && timeline.phase.value.name === 'ready') signedIn.conversations.markRead(id)
}

function title(): void {
  const signedIn = session.value
  const place = openPlace.value
  const unread = signedIn?.conversations.unread.value ?? 0
  const open = signedIn && namedInText((place ? nameOf(conversationAt(place, signedIn.user)) : openRoom.value) ?? '')
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${open ? `${open} · ` : ''}Hawser`
}

function nameOf(conversationId: string): string {
  const place = openPlace.value
  const known = session.value?.conversations.get(conversationId)
  return titleOf(known ?? { conversationId, peer: place?.kind === 'direct' ? place.peer : '', group: undefined })
}
