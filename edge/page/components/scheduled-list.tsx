import { told } from '../notices.ts'
import type { Session } from '../session.ts'
import { textOf } from '../stored-message.ts'
import { dayAndTime } from '../time.ts'
import { refusalInWords } from '../words.ts'
import { TrashIcon } from './icons.tsx'
import { Modal } from './modal.tsx'

/** What will be sent to a conversation, and can be taken back until then. */
export function ScheduledList({ session, conversationId }: { session: Session; conversationId: string }) {
  const waiting = session.scheduled.list.value.filter((message) => message.conversationId === conversationId)
  return (
    <Modal title="To be sent later" testId="scheduled-dialog">
      {waiting.length === 0 && <p class="hint">Nothing waits.</p>}
      <ul class="people">
        {waiting.map((message) => (
          <li key={message.clientMessageId} class="person" data-testid="scheduled">
            <span class="bar-text">
              <span class="quoted" dir="auto">
                {textOf(message)}
              </span>
              <time class="hint" dateTime={new Date(message.sendAt).toISOString()}>
                {dayAndTime(message.sendAt)}
              </time>
              {message.refusal !== '' && (
                <span class="hint" data-testid="refused">
                  Not sent: {refusalInWords(message.refusal, message.refusalMessage)}
                </span>
              )}
            </span>
            {message.refusal !== '' && (
              <button
                type="button"
                class="secondary"
                data-testid="send-now"
                onClick={() => void told(session.scheduled.sendNow(message.clientMessageId))}
              >
                Send now
              </button>
            )}
            <button
              type="button"
              class="round"
              data-testid="unschedule"
              aria-label="Do not send it"
              onClick={() => void told(session.scheduled.cancel(message.clientMessageId))}
            >
              <TrashIcon />
            </button>
          </li>
        ))}
      </ul>
    </Modal>
  )
}
