import { openBeside } from '../dialogs.ts'
import type { StoredMessage } from '../stored-message.ts'
import { ThreadIcon } from './icons.tsx'

/** On a message that is in a thread; it leads there. */
export function ThreadMark({ message: { conversationId, thread: root } }: { message: StoredMessage }) {
  return (
    <button
      type="button"
      class="thread-mark"
      data-testid="thread-mark"
      onClick={() => openBeside({ name: 'thread', conversationId, root })}
    >
      <ThreadIcon /> In a thread
    </button>
  )
}
