import { Fragment } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Thread } from '../messages.ts'
import type { Row } from '../rows.ts'
import type { Session } from '../session.ts'
import { dayName } from '../time.ts'
import { DownIcon } from './icons.tsx'
import { Message } from './message.tsx'

/** Pixels from the newest message that still count as being there. */
const NEAR_BOTTOM = 40
/** Pixels from the oldest one at which the page before it is pulled. */
const NEAR_TOP = 300

interface Props {
  session: Session
  thread: Thread
  rows: readonly Row[]
}

export function MessageList({ session, thread, rows }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const anchor = useRef<{ element: HTMLElement; top: number } | undefined>(undefined)
  const atBottom = thread.atBottom.value

  const pullIfNearTop = (): void => {
    if (scroller.current && scroller.current.scrollTop < NEAR_TOP) void thread.loadOlder()
  }

  // After each render: stay at the newest message, or keep what is read in its place when older ones come in above it.
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const before = anchor.current
    if (atBottom) box.scrollTop = box.scrollHeight
    else if (before?.element.isConnected) box.scrollTop += before.element.offsetTop - before.top
    const element = box.querySelector<HTMLElement>('[data-testid=message]')
    anchor.current = element ? { element, top: element.offsetTop } : undefined
    pullIfNearTop()
  })

  // The keyboard of a phone or a growing composer takes room from below.
  useEffect(() => {
    const box = scroller.current
    if (!box) return
    const observer = new ResizeObserver(() => {
      if (thread.atBottom.peek()) box.scrollTop = box.scrollHeight
    })
    observer.observe(box)
    return () => observer.disconnect()
  }, [thread])

  const onScroll = (): void => {
    const box = scroller.current
    if (!box) return
    const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM
    if (isNear && !thread.atBottom.peek()) thread.toBottom()
    else thread.atBottom.value = isNear
    pullIfNearTop()
  }

  return (
    <div class="messages">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroller" ref={scroller} onScroll={onScroll} tabIndex={0} aria-label="Messages">
        <Beginning thread={thread} isEmpty={rows.length === 0} />
        <ol>
          {rows.map((row) => (
            <Fragment key={row.key}>
              {row.startsDay && (
                <li class="day">
                  <time dateTime={new Date(row.at).toISOString()}>{dayName(row.at)}</time>
                </li>
              )}
              <Message row={row} outbox={session.outbox} />
            </Fragment>
          ))}
        </ol>
      </section>
      {!atBottom && (
        <button type="button" class="to-bottom" onClick={() => thread.toBottom()}>
          {thread.unseen.value > 0 ? (thread.unseen.value === 1 ? '1 new message' : `${thread.unseen.value} new messages`) : 'Latest'}
          <DownIcon />
        </button>
      )}
    </div>
  )
}

/** What stands above the oldest message. */
function Beginning({ thread, isEmpty }: { thread: Thread; isEmpty: boolean }) {
  const phase = thread.phase.value
  if (phase.name === 'failed') {
    return (
      <p class="beginning">
        {phase.reason}{' '}
        <button type="button" class="quiet" onClick={() => void thread.retry()}>
          Try again
        </button>
      </p>
    )
  }
  if (phase.name === 'loading' || thread.hasOlder.value) return <p class="beginning">Loading messages…</p>
  return isEmpty ? (
    <p class="beginning">
      Nothing here yet. Say hello to <bdi>{thread.peer}</bdi>.
    </p>
  ) : null
}
