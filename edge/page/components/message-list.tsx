import { Fragment } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Opened } from '../opened.ts'
import type { Row } from '../rows.ts'
import type { Session } from '../session.ts'
import { dayName } from '../time.ts'
import type { Timeline } from '../timeline.ts'
import { DownIcon } from './icons.tsx'
import { Message } from './message.tsx'
import { Name } from './name.tsx'
import { ReceiptLine } from './receipt-line.tsx'
import { UploadView } from './upload-view.tsx'

/** Pixels from the newest message that still count as being there. */
const NEAR_BOTTOM = 40
/** Pixels from the oldest one, or the newest of a part, at which the next page is pulled. */
const NEAR_END = 300
/** A message that was gone to stands out for as long as the style animates it. */
const FLASH_MS = 1600

interface Props {
  session: Session
  opened: Opened
  rows: readonly Row[]
  /** The other's name, or the group's. */
  title: string
  isGroup: boolean
  canWrite: boolean
}

export function MessageList({ session, opened, rows, title, isGroup, canWrite }: Props) {
  const { timeline } = opened
  const scroller = useRef<HTMLDivElement>(null)
  const anchor = useRef<{ element: HTMLElement; top: number } | undefined>(undefined)
  const atBottom = timeline.atBottom.value
  const target = timeline.target.value

  const pullIfNearEnd = (): void => {
    const box = scroller.current
    if (!box) return
    if (box.scrollTop < NEAR_END) void timeline.loadOlder()
    if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END) void timeline.loadNewer()
  }

  const onScroll = (): void => {
    const box = scroller.current
    if (!box) return
    const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM
    if (timeline.hasNewer.peek()) timeline.atBottom.value = false
    else if (isNear && !timeline.atBottom.peek()) timeline.toBottom()
    else timeline.atBottom.value = isNear
    pullIfNearEnd()
  }

  // After each render: stay at the newest message, or keep what is read in its place when older ones come in above it.
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const before = anchor.current
    const wanted = target === undefined ? undefined : box.querySelector<HTMLElement>(`[data-testid=message][data-seq="${target}"]`)
    if (wanted) {
      goTo(wanted, timeline)
      onScroll()
    } else if (atBottom) box.scrollTop = box.scrollHeight
    else if (before?.element.isConnected) box.scrollTop += before.element.offsetTop - before.top
    const element = box.querySelector<HTMLElement>('[data-testid=message]')
    anchor.current = element ? { element, top: element.offsetTop } : undefined
    pullIfNearEnd()
  })

  // The keyboard of a phone or a growing composer takes room from below.
  useEffect(() => {
    const box = scroller.current
    if (!box || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(() => {
      if (timeline.atBottom.peek()) box.scrollTop = box.scrollHeight
    })
    observer.observe(box)
    return () => observer.disconnect()
  }, [timeline])

  return (
    <div class="messages">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroller" ref={scroller} onScroll={onScroll} tabIndex={0} aria-label="Messages">
        <Beginning timeline={timeline} isEmpty={rows.length === 0} title={title} />
        <ol>
          {rows.map((row) => (
            <Fragment key={row.key}>
              {row.startsDay && (
                <li class="day">
                  <time dateTime={new Date(row.at).toISOString()}>{dayName(row.at)}</time>
                </li>
              )}
              {row.kind === 'message' && <Message row={row} session={session} opened={opened} isGroup={isGroup} canWrite={canWrite} />}
              {row.kind === 'line' && (
                <li class="line" data-testid="line" data-seq={row.seq}>
                  {row.text}
                </li>
              )}
              {row.kind === 'upload' && <UploadView upload={row.upload} uploads={session.uploads} />}
            </Fragment>
          ))}
          {isGroup && <ReceiptLine opened={opened} rows={rows} />}
        </ol>
      </section>
      {!atBottom && (
        <button type="button" class="to-bottom" data-testid="to-bottom" onClick={() => timeline.toBottom()}>
          {timeline.unseen.value > 0 ? (timeline.unseen.value === 1 ? '1 new message' : `${timeline.unseen.value} new messages`) : 'Latest'}
          <DownIcon />
        </button>
      )}
    </div>
  )
}

/** Brings a message to the middle, and makes it stand out for a moment. */
function goTo(element: HTMLElement, timeline: Timeline): void {
  timeline.target.value = undefined
  element.scrollIntoView({ block: 'center' })
  element.classList.add('flash')
  setTimeout(() => element.classList.remove('flash'), FLASH_MS)
}

/** What stands above the oldest message. */
function Beginning({ timeline, isEmpty, title }: { timeline: Timeline; isEmpty: boolean; title: string }) {
  const phase = timeline.phase.value
  if (phase.name === 'failed') {
    return (
      <p class="beginning">
        {phase.reason}{' '}
        <button type="button" class="quiet" onClick={() => void timeline.retry()}>
          Try again
        </button>
      </p>
    )
  }
  if (phase.name === 'loading' || timeline.hasOlder.value) return <p class="beginning">Loading messages…</p>
  return isEmpty ? (
    <p class="beginning">
      Nothing here yet. Say hello to <Name of={title} />.
    </p>
  ) : null
}
