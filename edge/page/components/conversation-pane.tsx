import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { namedInText } from '../../../shared/foreign-text.ts'
import { titleOf } from '../conversation.ts'
import { besideOf } from '../dialogs.ts'
import type { Opened } from '../opened.ts'
import { rowsOf } from '../rows.ts'
import { now } from '../server-date.ts'
import type { Session } from '../session.ts'
import { standingOf } from '../standing.ts'
import type { StoredMessage } from '../stored-message.ts'
import { takeFiles } from './attach-button.tsx'
import { ComposerArea } from './composer-area.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { Details } from './details.tsx'
import { MessageList } from './message-list.tsx'
import { PinnedBar } from './pinned-bar.tsx'
import { ThreadPanel } from './thread-panel.tsx'
import { TypingLine } from './typing-line.tsx'

interface Props {
  session: Session
  conversationId: string
  /** The other user of a 1:1 conversation, '' in a group. */
  peer: string
}

/** The open conversation. It is made anew for another one. */
export function ConversationPane({ session, conversationId, peer }: Props) {
  const opened = session.opened(conversationId)
  const { timeline } = opened
  const heading = useRef<HTMLHeadingElement>(null)
  const composer = useRef<HTMLTextAreaElement>(null)
  const conversation = session.conversations.get(conversationId)
  const title = titleOf(conversation ?? { conversationId, peer, group: undefined })
  const standing = standingOf(session, conversation, peer)
  const isGroup = peer === ''
  const canWrite = standing === 'free'
  const beside = besideOf(conversationId)
  useExpiry(timeline.messages.value)
  const rows = rowsOf({
    self: session.user,
    stored: timeline.messages.value,
    queued: session.outbox.queued.value.filter((message) => message.conversationId === conversationId),
    uploads: session.uploads.list.value.filter((upload) => upload.conversationId === conversationId),
    conversation,
    everybody: opened.receipts.everybody.value,
  })

  useEffect(() => {
    open(session, opened, peer)
    // On a touch screen, focus in the composer would bring up the keyboard over what is to be read.
    if (matchMedia('(pointer: coarse)').matches) heading.current?.focus()
    else composer.current?.focus()
    return () => session.drafts.keep(conversationId)
  }, [opened])

  return (
    <>
      <main
        class="conversation"
        aria-label={isGroup ? `Group ${namedInText(title)}` : `Conversation with ${namedInText(title)}`}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => takeFiles(session, conversationId, event.dataTransfer, event)}
      >
        <ConversationHeader
          session={session}
          conversation={conversation}
          title={title}
          peer={peer}
          heading={heading}
          hasDetails={beside.name === 'details'}
        />
        <PinnedBar session={session} opened={opened} />
        <MessageList session={session} opened={opened} rows={rows} title={title} isGroup={isGroup} canWrite={canWrite} />
        <TypingLine session={session} conversationId={conversationId} isGroup={isGroup} />
        <ComposerArea session={session} opened={opened} title={title} peer={peer} standing={standing} input={composer} />
      </main>
      {beside.name === 'details' && <Details session={session} opened={opened} conversation={conversation} peer={peer} title={title} />}
      {beside.name === 'thread' && (
        <ThreadPanel
          session={session}
          opened={opened}
          conversation={conversation}
          root={beside.root}
          isGroup={isGroup}
          canWrite={canWrite}
        />
      )}
    </>
  )
}

function open(session: Session, opened: Opened, peer: string): void {
  void opened.timeline.open()
  opened.refresh()
  if (peer === '') void opened.members.open()
  else session.presences.watch([peer])
}

/** Renders anew when the next of these messages disappears. */
function useExpiry(messages: readonly StoredMessage[]): void {
  const expired = useSignal(0)
  // Read, so that a change of it renders.
  expired.value
  const date = now()
  const next = messages.reduce(
    (soonest, { expiresAt }) => (expiresAt > date ? Math.min(soonest, expiresAt) : soonest),
    Number.POSITIVE_INFINITY,
  )
  useEffect(() => {
    if (next === Number.POSITIVE_INFINITY) return
    const timer = setTimeout(() => expired.value++, Math.min(next - now() + 1, 0x7fffffff))
    return () => clearTimeout(timer)
  }, [next, expired.value])
}
