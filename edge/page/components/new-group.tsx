import { useSignal } from '@preact/signals'
import { endDialog } from '../dialogs.ts'
import { told } from '../notices.ts'
import { open } from '../route.ts'
import type { Session } from '../session.ts'
import { Modal } from './modal.tsx'
import { PeoplePicker } from './people-picker.tsx'

export function NewGroup({ session }: { session: Session }) {
  const name = useSignal('')
  const description = useSignal('')
  const members = useSignal<readonly string[]>([])
  const isBusy = useSignal(false)

  const create = async (): Promise<void> => {
    isBusy.value = true
    const making = session.client.createGroup({ name: name.value.trim(), description: description.value.trim(), members: members.value })
    if (await told(making)) {
      const { id } = await making
      await told(session.conversations.refresh())
      endDialog()
      open(id, session.user)
    }
    isBusy.value = false
  }

  return (
    <Modal title="New group" testId="new-group-dialog">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (name.value.trim() !== '' && !isBusy.value) void create()
        }}
      >
        <label>
          Name
          <input
            data-testid="group-name"
            value={name}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value
            }}
            maxLength={64}
            required
          />
        </label>
        <label>
          What it is about
          <input
            data-testid="group-description"
            value={description}
            onInput={({ currentTarget }) => {
              description.value = currentTarget.value
            }}
            maxLength={256}
            placeholder="Optional"
          />
        </label>
        <PeoplePicker
          session={session}
          label="Members"
          chosen={members.value}
          onChange={(chosen) => {
            members.value = chosen
          }}
        />
        <button type="submit" class="primary" data-testid="create-group" disabled={name.value.trim() === '' || isBusy.value}>
          Create the group
        </button>
      </form>
    </Modal>
  )
}
