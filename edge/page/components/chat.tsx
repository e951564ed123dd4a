import { useEffect, useRef } from 'preact/hooks'
import { neighbour } from '../neighbour.ts'
import { open, openList, openPeer } from '../route.ts'
import type { Session } from '../session.ts'
import { Nobody } from './empty.tsx'
import { Sidebar } from './sidebar.tsx'
import { StatusBar } from './status-bar.tsx'
import { ThreadPane } from './thread-pane.tsx'

/** The list beside the open conversation; on a narrow screen one or the other. */
export function Chat({ session }: { session: Session }) {
  const peer = openPeer.value
  const latest = useRef(session)
  latest.current = session

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing) return
      if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
        const next = neighbour(latest.current.conversations.list.peek(), openPeer.peek(), event.key === 'ArrowDown' ? 1 : -1)
        event.preventDefault()
        if (next !== undefined) open(next)
      } else if (event.key === 'Escape' && openPeer.peek() !== undefined && matchMedia(NARROW).matches) {
        openList()
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  return (
    <div class="chat" data-view={peer === undefined ? 'list' : 'thread'} data-state={session.state}>
      <StatusBar session={session} />
      <Sidebar session={session} />
      {peer === undefined ? <Nobody session={session} /> : <ThreadPane key={peer} session={session} peer={peer} />}
      <p class="hidden" role="status" aria-live="polite">
        {session.announcement}
      </p>
    </div>
  )
}

/** As in style.css. */
const NARROW = '(max-width: 719px)'
