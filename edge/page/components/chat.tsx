import { useEffect, useRef } from 'preact/hooks'
import { besideOf, closeBeside } from '../dialogs.ts'
import { neighbour } from '../neighbour.ts'
import { conversationAt, open, openList, openPlace, openRoom } from '../route.ts'
import type { Session } from '../session.ts'
import { ConversationPane } from './conversation-pane.tsx'
import { Dialogs } from './dialogs.tsx'
import { Nobody } from './empty.tsx'
import { Notice } from './notice.tsx'
import { RoomPane } from './room-pane.tsx'
import { Sidebar } from './sidebar.tsx'
import { StatusBar } from './status-bar.tsx'

/** The list beside the open conversation, and its details or a thread; on a narrow screen one of them. */
export function Chat({ session }: { session: Session }) {
  const place = openPlace.value
  const id = place && conversationAt(place, session.user)
  const room = openRoom.value
  const latest = useRef(session)
  latest.current = session

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => onPageKey(event, latest.current)
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  return (
    <div
      class="chat"
      data-view={id === undefined && room === undefined ? 'list' : 'conversation'}
      data-beside={id === undefined ? 'nothing' : besideOf(id).name}
      data-state={session.state}
    >
      <StatusBar session={session} />
      <Sidebar session={session} />
      {room !== undefined && <RoomPane key={room} session={session} id={room} />}
      {room === undefined && !place && <Nobody session={session} />}
      {place && id !== undefined && (
        <ConversationPane key={id} session={session} conversationId={id} peer={place.kind === 'direct' ? place.peer : ''} />
      )}
      <Dialogs session={session} />
      <Notice />
      <p class="hidden" role="status" aria-live="polite">
        {session.announcement}
      </p>
    </div>
  )
}

function onPageKey(event: KeyboardEvent, session: Session): void {
  if (event.isComposing || event.defaultPrevented) return
  const place = openPlace.peek()
  if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    const here = place && conversationAt(place, session.user)
    const next = neighbour(session.conversations.list.peek(), here, event.key === 'ArrowDown' ? 1 : -1)
    event.preventDefault()
    if (next !== undefined) open(next, session.user)
  } else if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
    event.preventDefault()
    session.search.isOpen.value = true
  } else if (event.key === 'Escape' && !document.querySelector('dialog[open], .menu:popover-open, .menu[data-placed]')) {
    if (place && besideOf(conversationAt(place, session.user)).name !== 'nothing') closeBeside()
    else if ((place || openRoom.peek() !== undefined) && matchMedia(NARROW).matches) openList()
  }
}

/** As in style.css. */
const NARROW = '(max-width: 719px)'
