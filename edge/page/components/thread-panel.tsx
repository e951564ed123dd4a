import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Conversation } from '../conversation.ts'
import { closeBeside } from '../dialogs.ts'
import type { Opened } from '../opened.ts'
import { type MessageRow, rowsOf } from '../rows.ts'
import type { Session } from '../session.ts'
import { submitToThread } from '../writing.ts'
import { CloseIcon } from './icons.tsx'
import { Message } from './message.tsx'
import { QuickComposer } from './quick-composer.tsx'

interface Props {
  session: Session
  opened: Opened
  conversation: Conversation | undefined
  /** The `seq` of the message that began it. */
  root: number
  isGroup: boolean
  canWrite: boolean
}

/** A message, what was said under it, and where one says more. */
export function ThreadPanel({ session, opened, conversation, root, isGroup, canWrite }: Props) {
  const thread = opened.thread(root)
  const body = useRef<HTMLDivElement>(null)
  const rows = rowsIn(session, opened, conversation, root)
  useEffect(() => void thread.load(), [thread])

  // The newest is in view.
  useLayoutEffect(() => {
    if (body.current) body.current.scrollTop = body.current.scrollHeight
  }, [rows.length])

  return (
    <aside key={root} class="details thread" data-testid="thread" aria-label="Thread">
      <header>
        <h2>Thread</h2>
        <button type="button" class="round" aria-label="Close the thread" data-testid="thread-close" onClick={closeBeside}>
          <CloseIcon />
        </button>
      </header>
      <div class="thread-body" ref={body}>
        <ol>
          {rows.map((row) => (
            <Message key={row.key} row={row} session={session} opened={opened} isGroup={isGroup} canWrite={canWrite} isInThread />
          ))}
        </ol>
        {thread.fault.value !== '' && (
          <p class="fault">
            {thread.fault}{' '}
            <button type="button" class="quiet" onClick={() => void thread.load()}>
              Try again
            </button>
          </p>
        )}
      </div>
      {canWrite && (
        <QuickComposer
          label="Answer in the thread"
          placeholder="Answer"
          testId="thread-composer"
          onTyping={() => opened.handle.typing()}
          onSend={(text) => submitToThread(session, opened, root, text)}
        />
      )}
    </aside>
  )
}

/** The root, what is stored under it, and own messages on their way there. */
function rowsIn(session: Session, opened: Opened, conversation: Conversation | undefined, root: number): MessageRow[] {
  const first = opened.message(root)
  const said = opened.thread(root).messages.value
  const rows = rowsOf({
    self: session.user,
    stored: first ? [first, ...said] : said,
    queued: session.outbox.queued.value.filter((message) => message.conversationId === opened.handle.id && message.thread === root),
    uploads: [],
    conversation,
    everybody: opened.receipts.everybody.value,
  })
  return rows.filter((row) => row.kind === 'message')
}
