import { useSignal } from '@preact/signals'
import { endDialog } from '../dialogs.ts'
import { say } from '../notices.ts'
import { now } from '../server-date.ts'
import type { Session } from '../session.ts'
import { dayAndTime, localInput } from '../time.ts'
import { schedule } from '../writing.ts'
import { Modal } from './modal.tsx'

/** When what is in the composer shall be sent. */
export function Schedule({ session, conversationId }: { session: Session; conversationId: string }) {
  const at = useSignal(localInput(now() + HOUR))
  const fault = useSignal('')

  const send = async (sendAt: number): Promise<void> => {
    fault.value = sendAt > now() ? '' : 'This time is over.'
    if (fault.value !== '' || !(await schedule(session, session.opened(conversationId), sendAt))) return
    endDialog()
    say(`It will be sent at ${dayAndTime(sendAt)}.`)
  }

  return (
    <Modal title="Send later" testId="schedule-dialog">
      <div class="presets">
        {presets().map(({ label, time }) => (
          <button key={label} type="button" class="secondary" onClick={() => void send(time)}>
            {label}
            <span class="hint">{dayAndTime(time)}</span>
          </button>
        ))}
      </div>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void send(new Date(at.value).getTime())
        }}
      >
        <label>
          At
          <input
            type="datetime-local"
            step={1}
            data-testid="schedule-at"
            value={at}
            onInput={({ currentTarget }) => {
              at.value = currentTarget.value
            }}
            required
          />
        </label>
        <p class="fault" role="alert">
          {fault}
        </p>
        <button type="submit" class="primary" data-testid="schedule-send">
          Send then
        </button>
      </form>
    </Modal>
  )
}

const HOUR = 3_600_000

function presets(): { label: string; time: number }[] {
  const tomorrow = new Date(now())
  tomorrow.setDate(tomorrow.getDate() + 1)
  return [
    { label: 'In an hour', time: now() + HOUR },
    { label: 'Tomorrow morning', time: tomorrow.setHours(9, 0, 0, 0) },
    { label: 'Tomorrow evening', time: tomorrow.setHours(18, 0, 0, 0) },
  ]
}
