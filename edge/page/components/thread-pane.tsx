import { useEffect, useRef } from 'preact/hooks'
import { LIST_HREF } from '../route.ts'
import { rowsOf } from '../rows.ts'
import type { Session } from '../session.ts'
import { Avatar } from './avatar.tsx'
import { Composer } from './composer.tsx'
import { BackIcon } from './icons.tsx'
import { MessageList } from './message-list.tsx'

/** The open conversation. It is made anew for another peer. */
export function ThreadPane({ session, peer }: { session: Session; peer: string }) {
  const thread = session.thread(peer)
  const heading = useRef<HTMLHeadingElement>(null)
  const composer = useRef<HTMLTextAreaElement>(null)
  const queued = session.outbox.queued.value.filter((message) => message.peer === peer)
  const rows = rowsOf(session.user, thread.messages.value, queued, session.conversations.with(peer))

  useEffect(() => {
    void thread.open()
    // On a touch screen, focus in the composer would bring up the keyboard over what is to be read.
    if (matchMedia('(pointer: coarse)').matches) heading.current?.focus()
    else composer.current?.focus()
  }, [thread])

  return (
    <main class="thread" aria-label={`Conversation with ${peer}`}>
      <header>
        <a class="back" href={LIST_HREF} aria-label="Back to the conversations">
          <BackIcon />
        </a>
        <Avatar name={peer} />
        <h2 ref={heading} tabIndex={-1}>
          <bdi>{peer}</bdi>
        </h2>
      </header>
      <MessageList session={session} thread={thread} rows={rows} />
      <Composer thread={thread} input={composer} onSend={(text) => session.send(peer, text)} />
    </main>
  )
}
