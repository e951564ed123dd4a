import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { namedInText } from '../../../shared/foreign-text.ts'
import { Room, type RoomLine } from '../room.ts'
import { LIST_HREF } from '../route.ts'
import type { Session } from '../session.ts'
import { clockTime } from '../time.ts'
import { hueOf } from './avatar.tsx'
import { BackIcon, RoomIcon } from './icons.tsx'
import { MessageText } from './message-text.tsx'
import { Name } from './name.tsx'
import { QuickComposer } from './quick-composer.tsx'

const CALLS_NOBODY = { mentions: [], mentionAll: false }

/** One is in the room as long as this is open. It is made anew for another one. */
export function RoomPane({ session, id }: { session: Session; id: string }) {
  const room = useMemo(() => new Room(session.client, session.user, id), [session, id])
  const scroller = useRef<HTMLElement>(null)
  const { value: lines } = room.lines
  const { value: sessions } = room.sessions

  useEffect(() => {
    void room.enter()
    return () => room.leave()
  }, [room])
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
  }, [lines])

  return (
    <main class="conversation" aria-label={`Room ${namedInText(id)}`}>
      <header>
        <a class="back" href={LIST_HREF} aria-label="Leave the room">
          <BackIcon />
        </a>
        <RoomIcon />
        <div class="titles">
          <h2 data-testid="title">
            <Name of={id} />
          </h2>
          <p class="subtitle" data-testid="subtitle">
            {sessions === 0 ? '' : sessions === 1 ? 'Only you are here' : `${sessions} are here`}
          </p>
        </div>
        <a class="leave" href={LIST_HREF} data-testid="leave-room">
          Leave
        </a>
      </header>
      <div class="messages">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section class="scroller" ref={scroller} tabIndex={0} aria-label="Messages" aria-live="polite">
          <p class="beginning">What is said here is heard by who is here, and kept nowhere.</p>
          <ol>
            {lines.map((line) => (
              <Line key={line.key} line={line} self={session.user} />
            ))}
          </ol>
        </section>
      </div>
      <p class="fault" role="alert">
        {room.fault}
      </p>
      <QuickComposer
        label={`Message to the room ${namedInText(id)}`}
        placeholder="Message"
        testId="room-composer"
        onSend={(text) => void room.say(text)}
      />
    </main>
  )
}

function Line({ line: { from, text, at }, self }: { line: RoomLine; self: string }) {
  return (
    <li class="message first" data-testid="room-line" data-own={String(from === self)}>
      <div class="bubble">
        <b class={from === self ? 'hidden' : 'sender'} style={{ '--hue': String(hueOf(from)) }}>
          <Name of={from === self ? 'You' : from} />
        </b>
        <MessageText text={text} called={CALLS_NOBODY} self={self} />
        <span class="meta">
          <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
        </span>
      </div>
    </li>
  )
}
