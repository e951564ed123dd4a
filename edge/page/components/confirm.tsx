import { endDialog } from '../dialogs.ts'
import { Modal } from './modal.tsx'

interface Props {
  question: string
  /** What the button says. */
  says: string
  does: () => void
}

/** Before what cannot be undone. */
export function Confirm({ question, says, does }: Props) {
  return (
    <Modal title={question} testId="confirm">
      <div class="choices">
        <button type="button" class="secondary" onClick={endDialog}>
          Cancel
        </button>
        <button
          type="button"
          class="primary dangerous"
          data-testid="confirm-yes"
          onClick={() => {
            endDialog()
            does()
          }}
        >
          {says}
        </button>
      </div>
    </Modal>
  )
}
