import { useSignal } from '@preact/signals'
import { endDialog } from '../dialogs.ts'
import { openRoomAt } from '../route.ts'
import { Modal } from './modal.tsx'

/** Whoever knows its name is in the same room. */
export function EnterRoom() {
  const name = useSignal('')
  return (
    <Modal title="Enter a room" testId="enter-room-dialog">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          const id = name.value.trim()
          if (id === '') return
          endDialog()
          openRoomAt(id)
        }}
      >
        <label>
          Name
          <input
            data-testid="room-name"
            value={name}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value
            }}
            maxLength={128}
            required
          />
        </label>
        <p class="hint">A room is there while somebody is in it. Nothing that is said in it is kept.</p>
        <button type="submit" class="primary" data-testid="enter-room" disabled={name.value.trim() === ''}>
          Enter
        </button>
      </form>
    </Modal>
  )
}
