import { effect, signal } from '@preact/signals'
import { openPeer } from './route.ts'
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
  const peer = openPeer.value
  if (!signedIn || peer === undefined || !isVisible.value) return
  const thread = signedIn.thread(peer)
  if (thread.atBottom.value && thread.phase.value.name === 'ready') signedIn.conversations.markRead(peer)
}

function title(): void {
  const signedIn = session.value
  const unread = signedIn?.conversations.unread.value ?? 0
  const place = signedIn && openPeer.value !== undefined ? `${openPeer.value} · Hawser` : 'Hawser'
  document.title = unread > 0 ? `(${unread}) ${place}` : place
}
