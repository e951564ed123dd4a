import { useSignal } from '@preact/signals'
import { attachmentOf } from 'hawser'
import { namedInText } from '../../../shared/foreign-text.ts'
import { type Conversation, titleOf } from '../conversation.ts'
import { endDialog } from '../dialogs.ts'
import { say } from '../notices.ts'
import type { Session } from '../session.ts'
import { previewOf, type StoredMessage } from '../stored-message.ts'
import { Avatar } from './avatar.tsx'
import { Modal } from './modal.tsx'
import { Name } from './name.tsx'

/** To which conversation a message is taken along. */
export function Forward({ session, message }: { session: Session; message: StoredMessage }) {
  const text = useSignal('')
  const wanted = text.value.trim().toLowerCase()
  const shown = session.conversations.list.value.filter(
    (each) => !each.left && !each.group?.dissolved && titleOf(each).toLowerCase().includes(wanted),
  )

  const forwardTo = (to: Conversation): void => {
    const { conversationId, seq, from, forward } = message
    session.send({
      conversationId: to.conversationId,
      body: attachmentOf(message) ?? message.text,
      // Where it was first.
      forward: forward ?? { conversationId, seq, sender: from },
    })
    endDialog()
    say(`Forwarded to ${namedInText(titleOf(to))}.`)
  }

  return (
    <Modal title="Forward to" testId="forward-dialog">
      <p class="quote still" dir="auto">
        <span class="quoted">{previewOf(message, session.user)}</span>
      </p>
      <input
        type="search"
        value={text}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value
        }}
        placeholder="Find a conversation"
        aria-label="Find a conversation"
      />
      <ul class="people">
        {shown.map((each) => (
          <li key={each.conversationId}>
            <button
              type="button"
              class="person"
              data-testid="forward-to"
              data-conversation={each.conversationId}
              onClick={() => forwardTo(each)}
            >
              <Avatar name={titleOf(each)} groupId={each.peer === '' ? each.conversationId : undefined} />
              <Name class="peer" of={titleOf(each)} />
            </button>
          </li>
        ))}
      </ul>
    </Modal>
  )
}
